import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { StaleIndexError } from "../errors/format_error.ts";
import { formatIndexText, parseIndexText } from "./index_text.ts";
import { RecordIndex } from "./record_index.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function parse(text: string, size: number): RecordIndex {
  return parseIndexText(encoder.encode(text), { uri: "s3://b/k", size, indexUri: "s3://b/k.idx" });
}

Deno.test("parseIndexText: the lines of two records, with any end of line", () => {
  for (const text of ["0 109\n109 50\n", "0 109\n109 50", "0 109\r\n109 50\r\n"]) {
    const index = parse(text, 159);
    assertEquals([...index.bounds], [0, 109, 159]);
    assertEquals([index.length, index.size, index.lengthOf(1)], [2, 159, 34]);
    assertEquals(index.rangeOf(1), { offset: 109, length: 50 });
    assertThrows(() => index.rangeOf(2), RangeError, "there are 2");
  }
  assertEquals(parse("", 0).length, 0);
});

Deno.test("parseIndexText: what does not lead from 0 to the object's end without a gap is stale", () => {
  const cases: [string, number, string][] = [
    ["0 109\n109 50\n", 160, "its records end at byte 159, and the object has 160 bytes"],
    ["0 109\n109 50\n", 158, "its records end at byte 159"],
    ["", 16, "its records end at byte 0"],
    ["1 109\n", 110, 'line 1 is "1 109", and the record begins at byte 0'],
    ["0 109\n110 50\n", 160, "line 2"],
    ["0 109\n108 51\n", 159, "line 2"],
    ["0 15\n", 15, "line 1"],
    ["0 0\n0 16\n", 16, "line 1"],
  ];
  for (
    const text of [
      "0",
      "0 ",
      "0 109x",
      " 0 109\n",
      "0  109\n",
      "0 109\n\n",
      "0\t109\n",
      "-1 110\n",
      "0 1e2\n",
    ]
  ) {
    cases.push([text, 109, 'is not "offset size"']);
  }
  cases.push([`0 ${"9".repeat(17)}\n`, 109, "is not"], ["v1.2 1\n", 109, "is not"]);
  for (const [text, size, message] of cases) {
    const error = assertThrows(() => parse(text, size), StaleIndexError, message);
    assertEquals(error.advice, "lade index s3://b/k renews it");
  }
});

Deno.test("formatIndexText: comes back as it was, whatever the sizes", () => {
  assertEquals(text(new RecordIndex(Float64Array.of(0, 109, 159))), "0 109\n109 50\n");
  assertEquals(text(new RecordIndex(Float64Array.of(0))), "");
  fc.assert(fc.property(fc.array(fc.integer({ min: 16, max: 2 ** 40 }), { maxLength: 30 }), (sizes) => {
    const bounds = [0];
    for (const size of sizes) bounds.push((bounds.at(-1) ?? 0) + size);
    const index = new RecordIndex(Float64Array.from(bounds));
    assertEquals([...parse(text(index), index.size).bounds], bounds);
  }));
  const many = new RecordIndex(Float64Array.from({ length: 20_001 }, (_, record) => record * 1000));
  assertEquals([...formatIndexText(many)].length > 1, true);
  assertEquals(parse(text(many), many.size).length, 20_000);
});

function text(index: RecordIndex): string {
  return [...formatIndexText(index)].map((piece) => decoder.decode(piece)).join("");
}
