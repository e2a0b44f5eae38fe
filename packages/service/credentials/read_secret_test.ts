import { assertEquals, assertRejects } from "@std/assert";
import { CredentialFault } from "../tokens/mod.ts";
import { readSecret } from "./read_secret.ts";

const FILE = { value: "/k", source: "a test" };

Deno.test("readSecret() gives the text of a file, and says which one it cannot have", async () => {
  assertEquals(await readSecret(() => Promise.resolve(" text\n"), "the key", FILE), "text");
  for (
    const [read, words] of [
      [() => Promise.resolve(undefined), "is not there, or may not be read (--allow-read)"],
      [() => Promise.resolve(" \n"), "is empty"],
      [() => Promise.reject(new Error("it is on fire")), "cannot be read: it is on fire"],
    ] as const
  ) {
    const fault = await assertRejects(() => readSecret(read, "the key", FILE), CredentialFault);
    assertEquals(fault.message, `the key "/k" (a test) ${words}`);
  }
});

Deno.test("readSecret() shows nothing of what stands in place of a path", async () => {
  for (
    const value of ['{"private_key":"hunter2"}', `eyJ${"hunter2".repeat(20)}`, "-----BEGIN KEY-----\nhunter2"]
  ) {
    const read = () => Promise.reject(new Error("it was read"));
    const { message } = await assertRejects(
      () => readSecret(read, "the key", { value, source: "a test" }),
      CredentialFault,
    );
    assertEquals(message, "the key (a test) has to be the path of a file rather than its content");
  }
});
