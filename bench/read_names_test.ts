import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { benches } from "./benches.ts";
import { chosenNames, readNames } from "./read_names.ts";

Deno.test("readNames() reads the names that --list prints", async () => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", main, "--list"],
  }).output();
  assertEquals(readNames(new TextDecoder().decode(stdout)), benches.map(({ name }) => name));
});

Deno.test("chosenNames() gives what a checkout has of what is wanted", () => {
  const names = ["file-warm", "file-small", "s3-list"];
  assertEquals(chosenNames([], names), names);
  assertEquals(chosenNames(["file-", "s3-list"], names), names);
  assertEquals(chosenNames(["s3-list", "s3-new"], names), ["s3-list"]);
  assertEquals(chosenNames(["s3-new"], names), []);
});
