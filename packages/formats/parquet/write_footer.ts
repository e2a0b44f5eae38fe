import type { LogicalType, SchemaElement } from "hyparquet";
import type { EncodedChunk } from "./leaf_encoder.ts";
import {
  i32,
  i64,
  list,
  struct,
  text,
  type ThriftField,
  type ThriftFields,
  writeThriftStruct,
} from "./thrift_writer.ts";

/** A column of a row group that is written. */
export interface WrittenChunk
  extends Pick<EncodedChunk, "leaf" | "values" | "size" | "fullSize" | "statistics"> {
  /** Its first byte. */
  readonly offset: number;
  /** Its first data page. */
  readonly dataOffset: number;
  /** Its dictionary, where it has one. */
  readonly dictionaryOffset?: number;
  /** Where its pages lie. */
  readonly pages: readonly PageLocation[];
}

/** Where a page lies. */
export interface PageLocation {
  /** Its first byte. */
  readonly offset: number;
  /** Bytes, with its header. */
  readonly size: number;
  /** Its first row, counted from that of the row group. */
  readonly firstRow: number;
}

/** A row group that is written. */
export interface WrittenGroup {
  /** Rows. */
  readonly rows: number;
  /** Its columns, in order. */
  readonly chunks: readonly WrittenChunk[];
}

/** All that the end of a file says. */
export interface FooterSetup {
  /** The schema. */
  readonly elements: readonly SchemaElement[];
  /** The row groups. */
  readonly groups: readonly WrittenGroup[];
  /** The number of the codec. */
  readonly codec: number;
  /** What the file says besides. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the page index of a chunk lies. */
  readonly indexOf: (chunk: WrittenChunk) => { readonly offset: number; readonly length: number };
}

const TYPES = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];
const REPETITIONS = ["REQUIRED", "OPTIONAL", "REPEATED"];
const CONVERTED = [
  "UTF8",
  "MAP",
  "MAP_KEY_VALUE",
  "LIST",
  "ENUM",
  "DECIMAL",
  "DATE",
  "TIME_MILLIS",
  "TIME_MICROS",
  "TIMESTAMP_MILLIS",
  "TIMESTAMP_MICROS",
  "UINT_8",
  "UINT_16",
  "UINT_32",
  "UINT_64",
  "INT_8",
  "INT_16",
  "INT_32",
  "INT_64",
];
const VERSION = 2;
const CREATED_BY = "lade";
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;

/** Writes the footer, without the length and the letters behind it. */
export function writeFooter({ elements, groups, codec, metadata, indexOf }: FooterSetup): Uint8Array {
  const pairs = Object.entries(metadata);
  const stored = elements.filter(({ type }) => type !== undefined);
  return writeThriftStruct({
    1: i32(VERSION),
    2: list("struct", elements.map(elementOf)),
    3: i64(groups.reduce((sum, { rows }) => sum + rows, 0)),
    4: list(
      "struct",
      groups.map(({ rows, chunks }) =>
        struct({
          1: list("struct", chunks.map((chunk) => chunkOf(chunk, codec, indexOf(chunk)))),
          2: i64(chunks.reduce((sum, { fullSize }) => sum + fullSize, 0)),
          3: i64(rows),
          5: i64(chunks[0]?.offset ?? 0),
          6: i64(chunks.reduce((sum, { size }) => sum + size, 0)),
        })
      ),
    ),
    5: pairs.length === 0
      ? undefined
      : list("struct", pairs.map(([key, value]) => struct({ 1: text(key), 2: text(value) }))),
    6: text(CREATED_BY),
    // The order of each column is the one that its type has.
    7: list("struct", stored.map(() => struct({ 1: struct({}) }))),
  });
}

/** Writes where the pages of a chunk lie. */
export function writePageIndex({ pages }: WrittenChunk): Uint8Array {
  return writeThriftStruct({
    1: list(
      "struct",
      pages.map(({ offset, size, firstRow }) => struct({ 1: i64(offset), 2: i32(size), 3: i64(firstRow) })),
    ),
  });
}

function chunkOf(chunk: WrittenChunk, codec: number, index: { offset: number; length: number }): ThriftField {
  const { leaf, values, size, fullSize, offset, dataOffset, dictionaryOffset, statistics } = chunk;
  const encodings = dictionaryOffset === undefined ? [PLAIN, RLE] : [PLAIN, RLE, RLE_DICTIONARY];
  return struct({
    2: i64(offset),
    3: struct({
      1: i32(TYPES.indexOf(leaf.element.type ?? "")),
      2: list("i32", encodings.map(i32)),
      3: list("binary", leaf.names.map(text)),
      4: i32(codec),
      5: i64(values),
      6: i64(fullSize),
      7: i64(size),
      9: i64(dataOffset),
      11: dictionaryOffset === undefined ? undefined : i64(dictionaryOffset),
      12: statistics,
    }),
    4: i64(index.offset),
    5: i32(index.length),
  });
}

function elementOf(element: SchemaElement): ThriftField {
  const { type, type_length, repetition_type, name, num_children, converted_type, scale, precision } =
    element;
  const number = (value: number | undefined) => value === undefined ? undefined : i32(value);
  const place = (names: readonly string[], name: string | undefined) =>
    name === undefined ? undefined : i32(names.indexOf(name));
  return struct({
    1: place(TYPES, type),
    2: number(type_length),
    3: place(REPETITIONS, repetition_type),
    4: text(name),
    5: number(num_children),
    6: place(CONVERTED, converted_type),
    7: number(scale),
    8: number(precision),
    10: element.logical_type && struct(logicalOf(element.logical_type)),
  });
}

function logicalOf(logical: LogicalType): ThriftFields {
  const none = struct({});
  switch (logical.type) {
    case "STRING":
      return { 1: none };
    case "LIST":
      return { 3: none };
    case "DECIMAL":
      return { 5: struct({ 1: i32(logical.scale), 2: i32(logical.precision) }) };
    case "DATE":
      return { 6: none };
    case "TIME":
    case "TIMESTAMP":
      return {
        [logical.type === "TIME" ? 7 : 8]: struct({
          1: { kind: "bool", value: logical.isAdjustedToUTC },
          2: struct({ [["MILLIS", "MICROS", "NANOS"].indexOf(logical.unit) + 1]: none }),
        }),
      };
    case "INTEGER":
      return {
        10: struct({
          1: { kind: "byte", value: logical.bitWidth },
          2: { kind: "bool", value: logical.isSigned },
        }),
      };
    case "FLOAT16":
      return { 15: none };
    default:
      throw new TypeError(`${logical.type} is never written`);
  }
}
