import { assertEquals, assertThrows } from "@std/assert";
import type { SchemaElement } from "hyparquet";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { ENCODINGS, readValues } from "./page_values.ts";

const reader = (bytes: readonly number[] | Uint8Array) =>
  new ByteReader(Uint8Array.from(bytes), { operation: "read parquet", uri: "memory://t" });

const TEXT: SchemaElement = { name: "x", type: "BYTE_ARRAY" };
const FIXED: SchemaElement = { name: "x", type: "FIXED_LEN_BYTE_ARRAY", type_length: 2 };

/** Numbers from -64 to 63 whose differences are too, as deltas: blocks of 128 in four parts, each delta in a byte. */
function deltas(numbers: readonly number[]): number[] {
  const zigzag = (number: number) => number < 0 ? -2 * number - 1 : 2 * number;
  const steps = numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0));
  const least = Math.min(0, ...steps);
  const head = [0x80, 1, 4, numbers.length, zigzag(numbers[0] ?? 0)];
  if (steps.length === 0) return head;
  const packed = Array.from({ length: 32 }, (_, at) => (steps[at] ?? least) - least);
  return [...head, zigzag(least), 8, 0, 0, 0, ...packed];
}

const ascii = (text: string) => [...new TextEncoder().encode(text)];

function valuesOf(
  encoding: typeof ENCODINGS[number],
  element: SchemaElement,
  bytes: readonly number[],
  count: number,
) {
  const values = readValues(reader(bytes), ENCODINGS.indexOf(encoding), element, count);
  if (!values) throw new TypeError("unknown");
  if (!("offsets" in values)) return values.bytes;
  return Array.from(
    { length: count },
    (_, at) => new TextDecoder().decode(values.bytes.subarray(values.offsets[at], values.offsets[at + 1])),
  );
}

Deno.test("readValues(): texts by lengths and by shared beginnings", () => {
  const lengths = valuesOf("DELTA_LENGTH_BYTE_ARRAY", TEXT, [...deltas([3, 0, 2]), ...ascii("abcde")], 3);
  assertEquals(lengths, ["abc", "", "de"]);
  const shared = [...deltas([0, 2, 4]), ...deltas([3, 2, 0]), ...ascii("abcxy")];
  assertEquals(valuesOf("DELTA_BYTE_ARRAY", TEXT, shared, 3), ["abc", "abxy", "abxy"]);
  const fixed = [...deltas([0, 1, 0]), ...deltas([2, 1, 2]), ...ascii("abcde")];
  assertEquals(valuesOf("DELTA_BYTE_ARRAY", FIXED, fixed, 3), Uint8Array.from(ascii("abacde")));
});

Deno.test("readValues(): lengths and beginnings that cannot be are FormatErrors", () => {
  const refuse = (
    encoding: typeof ENCODINGS[number],
    element: SchemaElement,
    bytes: readonly number[],
    count: number,
    detail: string,
  ) => assertThrows(() => valuesOf(encoding, element, bytes, count), FormatError, detail);
  const abc = ascii("abc");
  refuse("DELTA_LENGTH_BYTE_ARRAY", TEXT, [...deltas([3, -1, 1]), ...abc], 3, "a value takes -1 bytes");
  refuse(
    "DELTA_LENGTH_BYTE_ARRAY",
    TEXT,
    [...deltas([2, 2]), ...abc],
    2,
    "values take 4 bytes, and 3 are left",
  );
  refuse("DELTA_LENGTH_BYTE_ARRAY", TEXT, [...deltas([2]), ...abc], 2, "1 numbers");
  refuse(
    "DELTA_BYTE_ARRAY",
    TEXT,
    [...deltas([1]), ...deltas([3]), ...abc],
    1,
    "begins as 1 bytes of one that has 0",
  );
  refuse(
    "DELTA_BYTE_ARRAY",
    TEXT,
    [...deltas([0, 3]), ...deltas([2, 1]), ...abc],
    2,
    "begins as 3 bytes of one that has 2",
  );
  refuse(
    "DELTA_BYTE_ARRAY",
    TEXT,
    [...deltas([0, -1]), ...deltas([2, 1]), ...abc],
    2,
    "a value takes -1 bytes",
  );
  refuse(
    "DELTA_BYTE_ARRAY",
    FIXED,
    [...deltas([0, 2]), ...deltas([2, 1]), ...abc],
    2,
    "a value of 3 bytes is among those of 2",
  );
  refuse("PLAIN", TEXT, [1, 0, 0, 0, 65], 2, "2 values are told, and 5 bytes are left");
  refuse("PLAIN", TEXT, [0, 0, 0, 0, 9, 0, 0, 0], 2, "a value takes 9 bytes, and 0 are left");
  refuse("BYTE_STREAM_SPLIT", { name: "x", type: "FLOAT" }, [1, 2, 3], 1, "takes 4 bytes");
  for (
    const [encoding, element] of [
      ["DELTA_BINARY_PACKED", TEXT],
      ["DELTA_LENGTH_BYTE_ARRAY", FIXED],
      ["DELTA_BYTE_ARRAY", { name: "x", type: "INT32" }],
      ["BYTE_STREAM_SPLIT", TEXT],
      ["RLE", TEXT],
      ["BIT_PACKED", TEXT],
    ] as const
  ) {
    assertEquals(readValues(reader(abc), ENCODINGS.indexOf(encoding), element, 1), undefined, encoding);
  }
});
