import { crc32c } from "@lade/codec/checksum";
import { assertEquals } from "@std/assert";
import { identityOf, isSound, makeRow, rowUri } from "./cache_rows.ts";

Deno.test("The proof of a row is the CRC-32C of its UTF-8, in ASCII or not, short or long", () => {
  for (const name of ["a", "\u00e9", "\u{1f995}", "x".repeat(1016), "x".repeat(1017), "x".repeat(3000)]) {
    const row = makeRow(`file:///${name}`, "1 e", "crc32c:A", 0);
    const text = new TextEncoder().encode(`file:///${name}\u00001 e\u0000crc32c:A`);
    assertEquals(row.proof, crc32c(text), name.slice(0, 20));
    assertEquals(isSound(row), true);
    assertEquals(isSound({ ...row, identity: "2 e" }), false);
  }
});

Deno.test("An object without an etag has no identity by its size alone, nor one that no text can hold", () => {
  const identity = (etag?: string) =>
    identityOf({ key: "a", size: 5, lastModified: new Date(0), ...(etag !== undefined && { etag }) });
  assertEquals([identity(), identity(""), identity("a\0b"), identity("e")], [
    undefined,
    undefined,
    undefined,
    "5 e",
  ]);
  assertEquals(["memory://m/a", "s3://b/\ud800", "s3://b/\0"].map(rowUri), [undefined, undefined, undefined]);
  assertEquals(["direct:///a", "s3://b/a"].map(rowUri), ["file:///a", "s3://b/a"]);
});
