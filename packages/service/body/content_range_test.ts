import { assertEquals } from "@std/assert";
import { parseContentRange, rangeHeader, readSize, sizeOfRangePastEnd } from "./content_range.ts";

Deno.test("parseContentRange() reads whole ranges of a known size, and nothing else", () => {
  assertEquals(parseContentRange("bytes 0-9/100"), { first: 0, last: 9, size: 100 });
  const wrong = [
    undefined,
    "",
    "bytes 0-9/*",
    "bytes */100",
    "bytes 9-0/100",
    "bytes 0-100/100",
    "bytes -1-9/100",
    "bits 0-9/100",
    "bytes 0-9/100 ",
    "bytes 0-9/9007199254740993",
  ];
  assertEquals(wrong.map(parseContentRange), wrong.map(() => undefined));
});

Deno.test("sizeOfRangePastEnd() reads ranges of no byte at the end, and nothing else", () => {
  assertEquals(["bytes 100-99/100", "bytes 120-99/100", "bytes 0--1/0"].map(sizeOfRangePastEnd), [
    100,
    100,
    undefined,
  ]);
  const wrong = [undefined, "", "bytes 0-9/100", "bytes 100-98/100", "bytes 99-98/100", "bytes 100-100/100"];
  assertEquals(wrong.map(sizeOfRangePastEnd), wrong.map(() => undefined));
});

Deno.test("readSize() reads digits up to what a service may hold", () => {
  assertEquals(["0", "12", String(2 ** 50)].map(readSize), [0, 12, 2 ** 50]);
  assertEquals(
    [undefined, "", "-1", "1.5", "1e3", " 1", String(2 ** 50 + 1)].map(readSize),
    Array(7).fill(undefined),
  );
});

Deno.test("rangeHeader() names the last byte, the end or a suffix", () => {
  assertEquals(
    [{ offset: 2, length: 3 }, { offset: 7 }, { suffixLength: 4 }].map(rangeHeader),
    ["bytes=2-4", "bytes=7-", "bytes=-4"],
  );
});
