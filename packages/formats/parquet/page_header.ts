import type { ByteReader } from "../binary/byte_reader.ts";
import { readThriftStruct, type ThriftStruct, type ThriftValue } from "./thrift.ts";

/** What a page header says, by the format's `parquet.thrift`. */
export interface PageHeader {
  /** What the page has. */
  readonly kind: "data" | "data-v2" | "dictionary" | "index";
  /** Bytes of the page in the object, behind its header. */
  readonly size: number;
  /** Bytes of it once it is decompressed. */
  readonly fullSize: number;
  /** CRC-32 of the bytes in the object, where the writer gave it. */
  readonly crc?: number;
  /** Values in it, nulls and empty lists too. */
  readonly values: number;
  /** How the values are encoded, by number. */
  readonly encoding: number;
  /** How the levels of a page of version 1 are encoded, by number. */
  readonly levelEncodings?: readonly [definition: number, repetition: number];
  /** What version 2 says besides. */
  readonly v2?: PageHeaderV2;
}

/** What a data page of version 2 says besides. */
export interface PageHeaderV2 {
  /** Values that are null. */
  readonly nulls: number;
  /** Rows that begin in it. */
  readonly rows: number;
  /** Bytes of its repetition levels, which come first and are never compressed. */
  readonly repetitionSize: number;
  /** Bytes of its definition levels, which come next and are never compressed. */
  readonly definitionSize: number;
  /** Whether its values are compressed. */
  readonly compressed: boolean;
}

const KINDS = ["data", "index", "dictionary", "data-v2"] as const;
/** Which field of the header describes a page of each kind. */
const DETAILS = { "data": 5, "index": 6, "dictionary": 7, "data-v2": 8 } as const;

/**
 * Reads the header of a page, and leaves the reader at the page's first byte. Every size and count is one that can be; the
 * page lies in the bytes that are left, of which there are `rest` besides those of the reader.
 */
export function readPageHeader(reader: ByteReader, rest = 0): PageHeader {
  const fields = readThriftStruct(reader);
  const kind = KINDS[count(reader, fields, 1, "the kind of a page")];
  if (!kind) throw reader.fault("a page is of no kind that Parquet has");
  const fullSize = count(reader, fields, 2, "the size of a page");
  const size = count(reader, fields, 3, "the compressed size of a page");
  if (size > reader.left + rest) {
    throw reader.fault(`a page takes ${size} bytes, and ${reader.left} are left`);
  }
  const crc = fields.get(4);
  const page = {
    kind,
    size,
    fullSize,
    ...(typeof crc === "number" && { crc: crc >>> 0 }),
  };
  if (kind === "index") return { ...page, values: 0, encoding: 0 };
  const details = fields.get(DETAILS[kind]);
  if (!isStruct(details)) throw reader.fault(`the header of a ${kind} page says nothing of its values`);
  const values = count(reader, details, 1, "the number of a page's values");
  if (kind !== "data-v2") {
    const encoding = count(reader, details, 2, "the encoding of a page");
    if (kind === "dictionary") return { ...page, values, encoding };
    const definition = count(reader, details, 3, "the encoding of definition levels");
    const repetition = count(reader, details, 4, "the encoding of repetition levels");
    return { ...page, values, encoding, levelEncodings: [definition, repetition] };
  }
  const v2 = {
    nulls: count(reader, details, 2, "the number of nulls"),
    rows: count(reader, details, 3, "the number of rows"),
    definitionSize: count(reader, details, 5, "the size of definition levels"),
    repetitionSize: count(reader, details, 6, "the size of repetition levels"),
    compressed: details.get(7) !== false,
  };
  const levels = v2.definitionSize + v2.repetitionSize;
  if (levels > size || levels > fullSize || v2.nulls > values || v2.rows > values) {
    throw reader.fault("the header of a page contradicts itself");
  }
  return { ...page, values, encoding: count(reader, details, 4, "the encoding of a page"), v2 };
}

function isStruct(value: ThriftValue): value is ThriftStruct {
  return value instanceof Map;
}

function count(reader: ByteReader, fields: ThriftStruct, id: number, what: string): number {
  const value = fields.get(id);
  if (typeof value === "number" && value >= 0 && value < 2 ** 31) return value;
  throw reader.fault(`${what} is ${typeof value === "number" ? value : "not there"}`);
}
