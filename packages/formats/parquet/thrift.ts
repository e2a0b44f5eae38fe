import type { ByteReader } from "../binary/byte_reader.ts";

/** A value of a Thrift struct; bytes are passed over, and `undefined`. */
export type ThriftValue = boolean | number | undefined | ThriftStruct;

/** The fields of a Thrift struct, by their numbers. Lists are passed over. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Structs in structs, of which Parquet has nine. */
const MOST_DEEP = 24;

/**
 * Reads a struct of Thrift's compact protocol: numbers, booleans and the structs in it. What is cut, nested without end,
 * or claims more elements than there are bytes is a `FormatError`, and nothing is held but what is returned.
 */
export function readThriftStruct(reader: ByteReader): ThriftStruct {
  const fields = new Map<number, ThriftValue>();
  walkStruct(reader, 0, fields);
  return fields;
}

/**
 * Reads of each struct in a list the text that is one of its fields, empty where it has none: those of the list that is
 * field `list` of a struct.
 */
export function readThriftTexts(reader: ByteReader, list: number, field: number): Uint8Array[] {
  const texts: Uint8Array[] = [];
  const outer = { id: 0 };
  for (let type = nextField(reader, outer); type !== STOP; type = nextField(reader, outer)) {
    if (outer.id !== list || type !== LIST) {
      walkValue(reader, type, 0, false);
      continue;
    }
    const { size } = readListHead(reader);
    for (let index = 0; index < size; index++) texts.push(readText(reader, field));
    break;
  }
  return texts;
}

/** Passes over a struct, and gives the text that is one of its fields. */
function readText(reader: ByteReader, field: number): Uint8Array {
  let text: Uint8Array = new Uint8Array(0);
  const at = { id: 0 };
  for (let type = nextField(reader, at); type !== STOP; type = nextField(reader, at)) {
    if (at.id === field && type === BINARY) text = reader.take(readVarint(reader), "a text");
    else walkValue(reader, type, 1, false);
  }
  return text;
}

/** The type of a struct's next field, whose number is put in place of the one before; `STOP` at its end. */
function nextField(reader: ByteReader, field: { id: number }): number {
  const byte = reader.u8("a field");
  const type = byte & 0x0f;
  const delta = byte >> 4;
  if (type !== STOP) field.id = delta ? field.id + delta : readZigZag(reader);
  return type;
}

function walkStruct(reader: ByteReader, depth: number, fields: Map<number, ThriftValue> | undefined): void {
  if (depth > MOST_DEEP) throw reader.fault(`structs lie in one another more than ${MOST_DEEP} deep`);
  const field = { id: 0 };
  for (let type = nextField(reader, field); type !== STOP; type = nextField(reader, field)) {
    const value = walkValue(reader, type, depth, fields !== undefined);
    fields?.set(field.id, value);
  }
}

function walkValue(reader: ByteReader, type: number, depth: number, keep: boolean): ThriftValue {
  switch (type) {
    case TRUE:
    case FALSE:
      return type === TRUE;
    case BYTE:
      return reader.u8("a byte");
    case I16:
    case I32:
    case I64:
      return readZigZag(reader);
    case DOUBLE:
      reader.take(8, "a double");
      return undefined;
    case BINARY:
      reader.take(readVarint(reader), "a text");
      return undefined;
    case LIST:
      walkList(reader, depth);
      return undefined;
    case STRUCT: {
      const fields = keep ? new Map<number, ThriftValue>() : undefined;
      walkStruct(reader, depth + 1, fields);
      return fields;
    }
    default:
      throw reader.fault(`a field is of the kind ${type}, which Parquet has none of`);
  }
}

function readListHead(reader: ByteReader): { readonly type: number; readonly size: number } {
  const byte = reader.u8("a list");
  const size = byte >> 4 === 15 ? readVarint(reader) : byte >> 4;
  if (size <= reader.left) return { type: byte & 0x0f, size };
  throw reader.fault(`a list has ${size} elements, and ${reader.left} bytes are left`);
}

function walkList(reader: ByteReader, depth: number): void {
  const { type, size } = readListHead(reader);
  const element = type === TRUE || type === FALSE ? BYTE : type;
  if (element === LIST && depth >= MOST_DEEP) throw reader.fault("lists lie in one another without end");
  for (let index = 0; index < size; index++) walkValue(reader, element, depth + 1, false);
}

/** An unsigned number of up to ten groups of seven bits; what is beyond 2^53 loses its lowest bits. */
function readVarint(reader: ByteReader): number {
  let value = 0;
  let scale = 1;
  for (let group = 0; group < 10; group++) {
    const byte = reader.u8("a number");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  throw reader.fault("a number has more than ten bytes");
}

function readZigZag(reader: ByteReader): number {
  const value = readVarint(reader);
  return value % 2 ? -(value + 1) / 2 : value / 2;
}
