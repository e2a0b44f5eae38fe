import { assertEquals, assertThrows } from "@std/assert";
import type { SchemaElement } from "hyparquet";
import { FormatError } from "../errors/format_error.ts";
import { UnsupportedError } from "@lade/core/errors";
import { assembleColumn } from "./assemble.ts";
import { readLeaf } from "./read_leaf.ts";
import { columnsOf, leavesOf } from "./schema_tree.ts";
import { i32, struct, type ThriftFields, writeThriftStruct } from "./thrift_writer.ts";

const PLACE = { uri: "memory://t", column: "x", group: 3, offset: 100 };

function nodeOf(...elements: readonly SchemaElement[]) {
  const root = { name: "schema", num_children: 1 };
  const [node] = columnsOf([root, ...elements], (detail) => new Error(detail));
  if (!node) throw new Error("no column");
  return node;
}

/** An uncompressed page of version 1. */
function page(values: number, encoding: number, body: readonly number[], kind = 0): number[] {
  const size = { 1: i32(kind), 2: i32(body.length), 3: i32(body.length) };
  const details: ThriftFields = kind === 2
    ? { 7: struct({ 1: i32(values), 2: i32(encoding) }) }
    : { 5: struct({ 1: i32(values), 2: i32(encoding), 3: i32(3), 4: i32(3) }) };
  return [...writeThriftStruct({ ...size, ...details }), ...body];
}

function read(node: ReturnType<typeof nodeOf>, values: number, rows: number, ...pages: readonly number[][]) {
  const [leaf] = leavesOf(node);
  if (!leaf) throw new Error("no leaf");
  const pieces = [{ offset: PLACE.offset, bytes: Uint8Array.from(pages.flat()) }];
  const chunk = { pieces, place: PLACE, codec: "UNCOMPRESSED", values, rows, mostValues: values } as const;
  return assembleColumn(node, new Map([[0, readLeaf(chunk, leaf)]]), (_, detail) => new Error(detail));
}

const BYTE = nodeOf({
  name: "x",
  type: "INT32",
  repetition_type: "REQUIRED",
  logical_type: { type: "INTEGER", bitWidth: 8, isSigned: true },
});
const TEXT = nodeOf({ name: "x", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" });
const LIST = nodeOf({ name: "x", type: "INT32", repetition_type: "REPEATED" });

Deno.test("readLeaf() reads values of dictionaries, and refuses what they do not have", () => {
  const dictionary = page(2, 0, [7, 0, 0, 0, 9, 0, 0, 0], 2);
  const column = read(BYTE, 4, 4, dictionary, page(4, 8, [1, 3, 0b0110]));
  assertEquals(column.values, Int8Array.of(7, 9, 9, 7));
  const refuse = (detail: string, ...pages: readonly number[][]) =>
    assertThrows(() => read(BYTE, 4, 4, ...pages), FormatError, detail);
  refuse("value 2 of a dictionary of 2 is meant", dictionary, page(4, 8, [2, 3, 0b00100100, 0]));
  refuse("values are of a dictionary, and there is none before them", page(4, 8, [1, 3, 0b0110]));
  refuse("a second dictionary follows the first", dictionary, dictionary);
  refuse('(column "x", row group 3, at byte 1', dictionary, dictionary);
});

Deno.test("readLeaf() refuses counts that do not fit, and values that their type has not", () => {
  const plain = page(2, 0, [1, 0, 0, 0, 2, 0, 0, 0]);
  assertEquals(read(BYTE, 4, 4, plain, plain).values, Int8Array.of(1, 2, 1, 2));
  const refuse = (
    node: typeof BYTE,
    values: number,
    rows: number,
    detail: string,
    ...pages: readonly number[][]
  ) => assertThrows(() => read(node, values, rows, ...pages), Error, detail);
  refuse(BYTE, 4, 4, "its pages have 2 values, and the footer tells 4", plain);
  refuse(BYTE, 3, 3, "2 values are told, and 1 are due", plain, plain);
  refuse(BYTE, 3, 3, "a page's values takes 12 bytes, and 8 are left", page(3, 0, [1, 0, 0, 0, 2, 0, 0, 0]));
  refuse(BYTE, 1, 1, "has 256, which is no int8", page(1, 0, [0, 1, 0, 0]));
  refuse(
    LIST,
    1,
    1,
    "the first value goes on with a row before it",
    page(1, 0, [2, 0, 0, 0, 2, 1, 2, 0, 0, 0, 2, 1]),
  );
  refuse(TEXT, 1, 1, "a value takes 9 bytes, and 1 are left", page(1, 0, [2, 0, 0, 0, 2, 1, 9, 0, 0, 0, 1]));
  refuse(TEXT, 1, 1, "levels pass the end of the page", page(1, 0, [9, 0, 0, 0, 2, 1]));
});

Deno.test("readLeaf() reads a list of an older writer, which is repeated by itself", () => {
  // Two entries of one row: repetition 0 and 1, definition 1 and 1; then a row without any.
  const levels = [2, 0, 0, 0, 3, 0b010, 2, 0, 0, 0, 3, 0b011];
  const column = read(LIST, 3, 2, page(3, 0, [...levels, 5, 0, 0, 0, 6, 0, 0, 0]));
  assertEquals([column.offsets, column.children?.[0]?.values], [Int32Array.of(0, 2, 2), Int32Array.of(5, 6)]);
});

/** An uncompressed page of version 2 of nullable numbers of 32 bits: its levels, which may lie otherwise, and values. */
function pageV2(
  { values, nulls, rows = values, levels, sizes = [0, levels.length], data }: {
    readonly values: number;
    readonly nulls: number;
    readonly rows?: number;
    readonly levels: readonly number[];
    readonly sizes?: readonly [repetition: number, definition: number];
    readonly data: readonly number[];
  },
): number[] {
  const size = i32(levels.length + data.length);
  const details = struct({
    1: i32(values),
    2: i32(nulls),
    3: i32(rows),
    4: i32(0),
    5: i32(sizes[1]),
    6: i32(sizes[0]),
  });
  return [...writeThriftStruct({ 1: i32(3), 2: size, 3: size, 8: details }), ...levels, ...data];
}

Deno.test("readLeaf(): levels, nulls and rows of pages of version 2 that contradict one another are refused", () => {
  const nullable = nodeOf({ name: "x", type: "INT32", repetition_type: "OPTIONAL" });
  const seven = [7, 0, 0, 0];
  const sound = { values: 2, nulls: 1, levels: [3, 0b01], data: seven };
  assertEquals(read(nullable, 2, 2, pageV2(sound)).validity, Uint8Array.of(1));
  const refuse = (node: typeof nullable, rows: number, detail: string, ...pages: readonly number[][]) =>
    assertThrows(() => read(node, 2, rows, ...pages), FormatError, detail);
  refuse(nullable, 2, "1 values are null, and the header tells 0", pageV2({ ...sound, nulls: 0 }));
  refuse(nullable, 2, "1 values are null, and the header tells 2", pageV2({ ...sound, nulls: 2 }));
  refuse(nullable, 2, "levels pass their end", pageV2({ ...sound, sizes: [0, 1] }));
  refuse(nullable, 3, "its pages have 2 rows, and 3 are due", pageV2(sound));
  // A run of a level that there is not; of one bit each there is none, so this list has two levels.
  const list = nodeOf(
    { name: "x", num_children: 1, repetition_type: "OPTIONAL", converted_type: "LIST" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    { name: "element", type: "INT32", repetition_type: "REQUIRED" },
  );
  const two = {
    values: 2,
    nulls: 0,
    levels: [4, 0, 4, 2],
    sizes: [2, 2] as const,
    data: [...seven, ...seven],
  };
  assertEquals(read(list, 2, 2, pageV2(two)).offsets, Int32Array.of(0, 1, 2));
  refuse(list, 2, "a level is 3, and 2 is the highest", pageV2({ ...two, levels: [4, 0, 4, 3] }));
  refuse(list, 2, "the first value goes on with a row before it", pageV2({ ...two, levels: [4, 1, 4, 2] }));
  refuse(list, 1, "its pages have 2 rows, and 1 are due", pageV2(two));
  const old = writeThriftStruct({
    1: i32(0),
    2: i32(10),
    3: i32(10),
    5: struct({ 1: i32(2), 2: i32(0), 3: i32(4), 4: i32(3) }),
  });
  refuse(nullable, 2, "levels are encoded by BIT_PACKED", [...old, 2, 0, 0, 0, 3, 1, ...seven]);
});

Deno.test("readLeaf() says what it does not decode, and what no memory holds", () => {
  assertThrows(
    () => read(BYTE, 1, 1, page(1, 10, [])),
    UnsupportedError,
    'column "x" is encoded by encoding 10',
  );
  const wide = nodeOf({
    name: "x",
    type: "FIXED_LEN_BYTE_ARRAY",
    type_length: 2 ** 30,
    repetition_type: "REQUIRED",
  });
  assertThrows(() => read(wide, 2 ** 26, 2 ** 26), FormatError, "take more memory than an array may have");
});

Deno.test("readLeaf() refuses pages that are longer than their values where that moves them, or shorter", () => {
  const float = nodeOf({ name: "x", type: "FLOAT", repetition_type: "REQUIRED" });
  const streams = [0, 0, 0x80, 0x3f];
  assertEquals(read(float, 1, 1, page(1, 9, streams)).values, Float32Array.of(1));
  assertThrows(() => read(float, 1, 1, page(1, 9, [...streams, 0])), FormatError, "1 bytes are left over");
  const bool = nodeOf({ name: "x", type: "BOOLEAN", repetition_type: "REQUIRED" });
  assertEquals(read(bool, 8, 8, page(8, 3, [2, 0, 0, 0, 3, 0b0101])).values?.[2], 1);
  const refuse = (size: number, detail: string) =>
    assertThrows(() => read(bool, 8, 8, page(8, 3, [size, 0, 0, 0, 3, 0b0101])), FormatError, detail);
  refuse(3, "values take 3 bytes, and 2 are left");
  refuse(1, "values pass their end");
});

Deno.test("readLeaf() refuses decimals of more digits than their column has", () => {
  const decimal = nodeOf({
    name: "x",
    type: "INT32",
    repetition_type: "REQUIRED",
    logical_type: { type: "DECIMAL", precision: 3, scale: 1 },
  });
  const one = (value: number) => page(1, 0, [...new Uint8Array(Int32Array.of(value).buffer)]);
  for (const value of [999, -999, 0]) assertEquals(read(decimal, 1, 1, one(value)).length, 1);
  for (const value of [1000, -1000, 2 ** 31 - 1, -(2 ** 31)]) {
    assertThrows(() => read(decimal, 1, 1, one(value)), Error, "has a decimal of more than 3 digits");
  }
});

Deno.test("readLeaf() decodes no more than the rows that are wanted of a page, and no page behind them", () => {
  const [leaf] = leavesOf(TEXT);
  if (!leaf) throw new Error("no leaf");
  const dictionary = page(2, 0, [1, 0, 0, 0, 65, 2, 0, 0, 0, 66, 67], 2);
  // Twice: a value, null, and 98 values by one run; indices by runs and by bits.
  const levels = [7, 0, 0, 0, 2, 1, 2, 0, 0xc4, 1, 1];
  const indices = [1, 4, 1, 0xc2, 1, 0];
  const sound = page(100, 8, [...levels, ...indices]);
  const broken = page(100, 12, []);
  const readUntil = (until: number, ...pages: readonly number[][]) => {
    const pieces = [{ offset: 0, bytes: Uint8Array.from(pages.flat()) }];
    const [values, rows, codec] = [200, 200, "UNCOMPRESSED"] as const;
    const chunk = { pieces, place: PLACE, codec, values, rows, mostValues: values, until };
    return assembleColumn(TEXT, new Map([[0, readLeaf(chunk, leaf)]]), (_, detail) => new Error(detail));
  };
  for (const until of [1, 2, 3, 4, 99, 100]) {
    const column = readUntil(until, dictionary, sound, broken);
    const present = until === 1 ? 1 : until - 1;
    // The first two are of two bytes.
    assertEquals([column.length, column.values?.length], [until, present + Math.min(present, 2)]);
  }
  assertThrows(
    () => readUntil(1, dictionary, sound),
    FormatError,
    "its pages have 100 rows, and 200 are due",
  );
  assertThrows(() => readUntil(101, dictionary, sound, broken), FormatError);
  assertEquals(readUntil(150, dictionary, sound, sound).length, 150);
});
