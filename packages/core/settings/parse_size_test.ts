import { assertEquals } from "@std/assert";
import { parseSize } from "./parse_size.ts";

Deno.test("parseSize() takes M and MiB as 2^20, MB as 10^6, in any case", () => {
  for (const text of ["8MiB", "8M", "8m", "8mib", "8 MiB", "8.0M"]) {
    assertEquals(parseSize(text), 8 * 2 ** 20);
  }
  for (const text of ["8MB", "8mb", "8Mb"]) assertEquals(parseSize(text), 8e6);
  assertEquals(parseSize("1.5g"), 1.5 * 2 ** 30);
  assertEquals(parseSize("4096"), 4096);
  assertEquals(parseSize("7b"), 7);
  assertEquals(parseSize("0"), 0);
});

Deno.test("parseSize() refuses what is not a whole number of bytes", () => {
  const bad = [
    "",
    "M",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "1.5",
    "1.0001k",
    "1,5M",
    "8 Mi",
    "8MiBs",
    "1..2k",
    "9007199254740993",
    "9P P",
  ];
  for (const text of [...bad, "8constructor", "NaN", "Infinity", " 8", "8 ", "100000P"]) {
    assertEquals(parseSize(text), undefined, text);
  }
});
