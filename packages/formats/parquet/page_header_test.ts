import { assertEquals, assertThrows } from "@std/assert";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { readPageHeader } from "./page_header.ts";
import { i32, struct, type ThriftFields, writeThriftStruct } from "./thrift_writer.ts";

const reader = (bytes: readonly number[] | Uint8Array) =>
  new ByteReader(Uint8Array.from(bytes), { operation: "read parquet", uri: "memory://t" });

const SIZES = { 2: i32(8), 3: i32(8) };

Deno.test("readPageHeader(): a header that cannot be is a FormatError", () => {
  const read = (fields: ThriftFields, left = 8, rest = 0) =>
    readPageHeader(reader([...writeThriftStruct(fields), ...new Uint8Array(left)]), rest);
  const v1 = struct({ 1: i32(2), 2: i32(0), 3: i32(3), 4: i32(3) });
  assertEquals(read({ 1: i32(0), ...SIZES, 5: v1 }).levelEncodings, [3, 3]);
  const v2 = (fields: ThriftFields = {}) =>
    read({
      1: i32(3),
      ...SIZES,
      8: struct({ 1: i32(5), 2: i32(1), 3: i32(5), 4: i32(0), 5: i32(4), 6: i32(4), ...fields }),
    });
  assertEquals(v2().v2?.rows, 5);
  const wrong: [() => unknown, string][] = [
    [() => read({ 1: i32(4), ...SIZES, 5: v1 }), "of no kind that Parquet has"],
    [() => read({ ...SIZES, 5: v1 }), "the kind of a page is not there"],
    [() => read({ 1: i32(0), ...SIZES }), "says nothing of its values"],
    [() => read({ 1: i32(0), ...SIZES, 7: v1 }), "says nothing of its values"],
    [() => read({ 1: i32(0), ...SIZES, 5: i32(1) }), "says nothing of its values"],
    [() => read({ 1: i32(0), 2: i32(8), 3: i32(-1), 5: v1 }), "the compressed size of a page is -1"],
    [() => read({ 1: i32(0), 2: i32(-8), 3: i32(8), 5: v1 }), "the size of a page is -8"],
    [() => read({ 1: i32(0), ...SIZES, 5: v1 }, 7), "a page takes 8 bytes, and 7 are left"],
    [() => v2({ 5: i32(5) }), "contradicts itself"],
    [() => v2({ 6: i32(5) }), "contradicts itself"],
    [() => v2({ 2: i32(6) }), "contradicts itself"],
    [() => v2({ 3: i32(6) }), "contradicts itself"],
    [() => v2({ 5: i32(-1) }), "the size of definition levels is -1"],
    [
      () =>
        read({
          1: i32(3),
          2: i32(7),
          3: i32(8),
          8: struct({ 1: i32(5), 2: i32(1), 3: i32(5), 4: i32(0), 5: i32(4), 6: i32(4) }),
        }),
      "contradicts itself",
    ],
  ];
  for (const [run, detail] of wrong) assertThrows(run, FormatError, detail);
  assertEquals(read({ 1: i32(0), ...SIZES, 5: v1 }, 3, 5).size, 8);
});
