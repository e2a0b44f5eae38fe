import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CredentialFault } from "../tokens/mod.ts";
import { CredentialFile } from "./credential_file.ts";

const fileOf = (text: string) =>
  CredentialFile.read(() => Promise.resolve(text), { value: "/k.json", source: "a test" });
const NAMED = 'the file of credentials "/k.json" (a test)';

Deno.test("CredentialFile has the texts of a file, and names it where one is missing", async () => {
  const file = await fileOf('{"a":"1","empty":"","number":1,"part":{"b":"2"}}');
  assertEquals([file.text("a"), file.text("empty"), file.text("number"), file.text("toString")], [
    "1",
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([file.need("a"), file.part("part").need("b"), file.part("a").fields], ["1", "2", {}]);
  assertThrows(() => file.part("none").need("b"), CredentialFault, `${NAMED} lacks "b"`);
  assertEquals((await fileOf("no JSON")).fields, {});
  const missing = () =>
    CredentialFile.read(() => Promise.resolve(undefined), { value: "/k.json", source: "a test" });
  assertEquals(
    (await assertRejects(missing, CredentialFault)).message.startsWith(`${NAMED} is not there`),
    true,
  );
});

Deno.test("CredentialFile takes plain HTTP to other machines where that is allowed", async () => {
  const file = await fileOf('{"url":"http://login.test/"}');
  assertEquals(file.url("url", "", true), "http://login.test/");
  assertThrows(() => file.url("url", "", false), CredentialFault, NAMED);
  assertEquals(file.url("none", "https://usual.test/", false), "https://usual.test/");
});

Deno.test("CredentialFile shows a client where it has one", async () => {
  assertEquals((await fileOf("{}")).basic, {});
  assertEquals((await fileOf('{"client_id":"c","client_secret":"s"}')).basic, {
    authorization: `Basic ${btoa("c:s")}`,
  });
});
