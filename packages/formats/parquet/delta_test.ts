import { assertEquals, assertThrows } from "@std/assert";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { readDeltas } from "./delta.ts";

const reader = (bytes: readonly number[]) =>
  new ByteReader(Uint8Array.from(bytes), { operation: "read parquet", uri: "memory://t" });

/** Blocks of 8 in one part: the header, the first value, the least delta, the width, and eight deltas. */
const block = (count: number, first: number, least: number, width: number, packed: readonly number[]) => [
  ...[8, 1, count, first, least, width],
  ...packed,
];

Deno.test("readDeltas() reads the examples of the format's description", () => {
  // 1, 2, 3, 4, 5: all deltas are 1, in no bits.
  const even = new Int32Array(5);
  readDeltas(reader(block(5, 2, 2, 0, [])), even);
  assertEquals([...even], [1, 2, 3, 4, 5]);
  // 7, 5, 3, 1, 2, 3, 4, 5: the least delta is -2, and what is added to it 0, 0, 0, 3, 3, 3, 3 in two bits.
  for (const values of [new Int32Array(8), new BigInt64Array(8)]) {
    readDeltas(reader(block(8, 14, 3, 2, [0b11000000, 0b00111111])), values);
    assertEquals([...values].map(Number), [7, 5, 3, 1, 2, 3, 4, 5]);
  }
});

Deno.test("readDeltas() wraps at the width of its numbers", () => {
  const narrow = new Int32Array(2);
  // 2^31 - 1, and 1 more.
  readDeltas(reader([8, 1, 2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 2, 0]), narrow);
  assertEquals([...narrow], [2 ** 31 - 1, -(2 ** 31)]);
  const wide = new BigInt64Array(2);
  readDeltas(reader([8, 1, 2, 0xfe, ...Array(8).fill(0xff), 0x01, 2, 0]), wide);
  assertEquals([...wide], [2n ** 63n - 1n, -(2n ** 63n)]);
});

Deno.test("readDeltas() refuses blocks without end, and those that are cut", () => {
  const refuse = (bytes: readonly number[], detail: string) =>
    assertThrows(() => readDeltas(reader(bytes), new Int32Array(5)), FormatError, detail);
  refuse(block(6, 2, 2, 0, []), "6 numbers in blocks of 8 are told, and 5 are due");
  refuse([8, 0, 5, 2, 2, 0], "5 numbers in blocks of 8 are told");
  // A number of parts that is negative in 32 bits.
  refuse([8, 0xff, 0xff, 0xff, 0xff, 0x0f, 5, 2, 2, 0], "5 numbers in blocks of 8 are told");
  refuse([8, 3, 5, 2, 2, 0], "5 numbers in blocks of 8 are told");
  refuse([0, 1, 5, 2, 2, 0], "5 numbers in blocks of 0 are told");
  refuse(block(5, 2, 2, 65, []), "numbers of 65 bits are told");
  refuse(block(5, 2, 2, 8, [1, 2]), "a part of a block takes 8 bytes, and 2 are left");
  refuse([8, 1, 5, 2, ...Array(11).fill(0x80)], "a number has more than ten bytes");
});
