import { assertEquals } from "@std/assert";
import { userDirectory } from "./user_directory.ts";

const DIRECTORY = { own: "OWN", shared: "SHARED", inHome: ".cache" };

function of(variables: Readonly<Record<string, string>>, platform: "posix" | "windows"): string | undefined {
  return userDirectory((name) => variables[name], DIRECTORY, platform);
}

Deno.test("userDirectory() takes the home of Windows where HOME is not set", () => {
  const USERPROFILE = "C:\\Users\\me";
  assertEquals(of({ USERPROFILE }, "windows"), "C:/Users/me/.cache/lade");
  assertEquals(of({ USERPROFILE, HOME: "D:\\me" }, "windows"), "D:/me/.cache/lade");
  assertEquals(of({ USERPROFILE, SHARED: "E:\\c" }, "windows"), "E:/c/lade");
  assertEquals(of({ USERPROFILE, SHARED: "c" }, "windows"), "C:/Users/me/.cache/lade");
  assertEquals(of({ USERPROFILE, OWN: "C:\\own" }, "windows"), "C:/own");
  assertEquals(of({ USERPROFILE }, "posix"), undefined);
  assertEquals(of({ HOME: "/home/me", SHARED: "C:/c" }, "posix"), "/home/me/.cache/lade");
});

Deno.test("userDirectory() asks for the home of Windows there alone", () => {
  const asked: string[] = [];
  userDirectory((name) => void asked.push(name), DIRECTORY, "posix");
  assertEquals(asked, ["OWN", "SHARED", "HOME"]);
});
