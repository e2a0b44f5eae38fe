import { crc32c } from "@lade/codec/checksum";
import { assertEquals } from "@std/assert";
import { isSound, makeRow } from "./cache_rows.ts";

Deno.test("The proof of a row is the CRC-32C of its UTF-8, in ASCII or not, short or long", () => {
  for (const name of ["a", "\u00e9", "\u{1f995}", "x".repeat(1016), "x".repeat(1017), "x".repeat(3000)]) {
    const row = makeRow(`file:///${name}`, "1 e", "crc32c:A", 0);
    const text = new TextEncoder().encode(`file:///${name}\u00001 e\u0000crc32c:A`);
    assertEquals(row.proof, crc32c(text), name.slice(0, 20));
    assertEquals(isSound(row), true);
    assertEquals(isSound({ ...row, identity: "2 e" }), false);
  }
});
