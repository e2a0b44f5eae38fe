import { assertEquals } from "@std/assert";
import { convertedName, exactName, isConverted } from "./conversion.ts";

Deno.test("convertedName() adds .zst when compressing, unless the name has it", () => {
  assertEquals(convertedName("a/b.txt", "compress"), "a/b.txt.zst");
  assertEquals(convertedName("a/b.zst", "compress"), "a/b.zst");
  assertEquals(convertedName("a/.zst", "compress"), "a/.zst.zst");
});

Deno.test("convertedName() takes .zst off when decompressing, unless nothing would be left", () => {
  assertEquals(convertedName("a/b.txt.zst", "decompress"), "a/b.txt");
  assertEquals(convertedName("a/b.txt", "decompress"), "a/b.txt");
  assertEquals(convertedName("a/.zst", "decompress"), "a/.zst");
  assertEquals(convertedName(".zst", "decompress"), ".zst");
});

Deno.test("exactName() leaves the name the user gave when decompressing", () => {
  assertEquals(exactName("x.zst", "decompress"), "x.zst");
  assertEquals(exactName("x", "compress"), "x.zst");
  assertEquals(exactName("x", "none"), "x");
});

Deno.test("isConverted() leaves alone what is in the wanted form", () => {
  assertEquals(isConverted("a.zst", "compress"), false);
  assertEquals(isConverted("a", "compress"), true);
  assertEquals(isConverted("a.zst", "decompress"), true);
  assertEquals(isConverted("a", "decompress"), false);
  assertEquals(isConverted("a.zst", "none"), false);
});
