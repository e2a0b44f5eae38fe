import { assertEquals } from "@std/assert";
import { copyOfItself } from "./copy_of_itself.ts";

Deno.test("copyOfItself() tells what is there, and leaves out what is not known", () => {
  const info = { key: "a", size: 1, lastModified: new Date(0), metadata: {}, contentType: "a/b" };
  assertEquals(copyOfItself(info), { size: 1 });
  const known = { etag: "e", version: "v", checksums: { md5: "m" } };
  assertEquals(copyOfItself({ ...info, ...known }), { size: 1, ...known, sourceEtag: "e" });
});
