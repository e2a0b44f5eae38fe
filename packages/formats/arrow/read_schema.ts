import { UnsupportedError } from "@lade/core/errors";
import type { ColumnType, NumericKind, TimeUnit } from "../table/schema.ts";
import type { ArrowField, ArrowSchema, Storage } from "./arrow_field.ts";
import type { FlatTable } from "./flat_table.ts";
import { FLOATS, TYPE, UNITS, UNREAD } from "./type_codes.ts";

/** Fields within fields, at most. */
const DEEPEST = 64;

interface FieldContext {
  readonly uri: string;
  readonly path: string;
  readonly depth: number;
}

/** Reads a schema. What it has that cannot be read is an `UnsupportedError` that names the column. */
export function readSchema(table: FlatTable, uri: string): ArrowSchema {
  if (table.i16(0) !== 0) throw unsupported({ uri, path: "", depth: 0 }, "its numbers are big-endian");
  return { fields: readFields(table, 1, { uri, path: "", depth: 0 }), metadata: readKeyValues(table, 2) };
}

/** Names and values that a writer may put in several places. */
export function readKeyValues(table: FlatTable, place: number): Record<string, string> {
  const pairs: [string, string][] = [];
  for (const pair of table.tables(place)) pairs.push([pair.looseText(0) ?? "", pair.looseText(1) ?? ""]);
  return Object.fromEntries(pairs);
}

function readFields(table: FlatTable, place: number, context: FieldContext): ArrowField[] {
  const fields: ArrowField[] = [];
  const names = new Set<string>();
  for (const child of table.tables(place)) {
    const field = readField(child, context);
    const { name } = field.field;
    if (names.has(name)) throw unsupported(context, `two columns are named ${JSON.stringify(name)}`);
    names.add(name);
    fields.push(field);
  }
  return fields;
}

function readField(table: FlatTable, { uri, path: parent, depth }: FieldContext): ArrowField {
  if (depth >= DEEPEST) throw table.fault(`its schema is more than ${DEEPEST} fields deep`);
  const name = table.text(0) ?? "";
  const context = { uri, path: parent === "" ? name : `${parent}.${name}`, depth: depth + 1 };
  const children = readFields(table, 5, context);
  const { type, storage } = readType(table, children, context);
  const dictionary = readDictionary(table, context);
  const nullable = table.bool(1) || storage.kind === "null";
  const metadata = readKeyValues(table, 6);
  return { field: { name, type, nullable }, storage, children, metadata, ...(dictionary && { dictionary }) };
}

function readDictionary(table: FlatTable, context: FieldContext) {
  const encoding = table.table(4);
  if (!encoding) return undefined;
  if (encoding.i16(3) !== 0) {
    throw unsupported(context, `column "${context.path}" has a dictionary of an unknown kind`);
  }
  const index = encoding.table(1);
  return { id: encoding.i64(0), index: index ? intKind(index) : "int32" as const };
}

type Typed = { readonly type: ColumnType; readonly storage: Storage };

const BYTES: Readonly<Record<number, Typed>> = {
  [TYPE.binary]: { type: { kind: "binary" }, storage: { kind: "bytes", wide: false } },
  [TYPE.utf8]: { type: { kind: "string" }, storage: { kind: "bytes", wide: false } },
  [TYPE.largeBinary]: { type: { kind: "binary" }, storage: { kind: "bytes", wide: true } },
  [TYPE.largeUtf8]: { type: { kind: "string" }, storage: { kind: "bytes", wide: true } },
  [TYPE.binaryView]: { type: { kind: "binary" }, storage: { kind: "views" } },
  [TYPE.utf8View]: { type: { kind: "string" }, storage: { kind: "views" } },
  [TYPE.bool]: { type: { kind: "bool" }, storage: { kind: "bits" } },
  [TYPE.null]: { type: { kind: "bool" }, storage: { kind: "null" } },
};

function readType(field: FlatTable, children: readonly ArrowField[], context: FieldContext): Typed {
  const code = field.u8(2);
  const table = field.table(3);
  if (!table) throw field.fault(`column "${context.path}" has no type`);
  const bytes = BYTES[code];
  if (bytes) return bytes;
  switch (code) {
    case TYPE.int:
      return plain(intKind(table));
    case TYPE.float:
      return plain(FLOATS[table.i16(0)] ?? refuse(table, "a floating-point number of unknown precision"));
    case TYPE.decimal:
      return decimal(table, context);
    case TYPE.date:
      return { type: { kind: "date" }, storage: table.i16(0, 1) === 0 ? INT32 : { kind: "date64" } };
    case TYPE.time:
      return time(table);
    case TYPE.timestamp: {
      const zone = table.text(1);
      const unit = unitOf(table, 0);
      return { type: { kind: "timestamp", unit, ...(zone && { zone }) }, storage: INT64 };
    }
    case TYPE.duration:
      return { type: { kind: "duration", unit: unitOf(table, 1) }, storage: INT64 };
    case TYPE.fixedBinary: {
      const size = sizeOf(table, "a width");
      return { type: { kind: "fixed-binary", size }, storage: { kind: "fixed", bytes: size } };
    }
    case TYPE.struct:
      return {
        type: { kind: "struct", fields: children.map(({ field }) => field) },
        storage: { kind: "struct" },
      };
    case TYPE.list:
    case TYPE.largeList:
    case TYPE.map:
    case TYPE.fixedList:
      return list(code, table, children, context);
    default:
      throw unsupported(context, `column "${context.path}" is ${UNREAD[code] ?? `of type ${code}`}`);
  }
}

const INT32: Storage = { kind: "plain", dtype: "int32" };
const INT64: Storage = { kind: "plain", dtype: "int64" };

function plain(kind: NumericKind): Typed {
  return { type: { kind }, storage: { kind: "plain", dtype: kind } };
}

function intKind(table: FlatTable): NumericKind {
  const bits = table.i32(0);
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) refuse(table, `a number of ${bits} bits`);
  return `${table.bool(1) ? "" : "u"}int${bits}` as NumericKind;
}

function decimal(table: FlatTable, context: FieldContext): Typed {
  const [precision, scale, bits] = [table.i32(0), table.i32(1), table.i32(2, 128)];
  const type: ColumnType = { kind: "decimal", precision, scale };
  if (bits === 256) throw unsupported(context, `column "${context.path}" is a decimal of 256 bits`);
  const most = bits === 128 ? 38 : bits === 64 ? 18 : bits === 32 ? 9 : 0;
  if (precision < 1 || precision > most) refuse(table, `a decimal of ${precision} digits in ${bits} bits`);
  if (bits === 128) return { type, storage: { kind: "fixed", bytes: 16 } };
  return { type, storage: { kind: "decimal", bytes: bits === 64 ? 8 : 4 } };
}

function time(table: FlatTable): Typed {
  const unit = unitOf(table, 1);
  const short = unit === "s" || unit === "ms";
  const bits = table.i32(1, 32);
  if (bits !== (short ? 32 : 64)) refuse(table, `a time in ${unit} of ${bits} bits`);
  return { type: { kind: "time", unit }, storage: short ? { kind: "time32" } : INT64 };
}

function list(
  code: number,
  table: FlatTable,
  children: readonly ArrowField[],
  { path }: FieldContext,
): Typed {
  const [only] = children;
  if (!only || children.length !== 1) {
    throw table.fault(`column "${path}" is a list with ${children.length} children`);
  }
  const item = only.field;
  if (code === TYPE.fixedList) {
    const size = sizeOf(table, "a size");
    return { type: { kind: "list", item, size }, storage: { kind: "fixed-list", size } };
  }
  if (code === TYPE.map && (item.type.kind !== "struct" || item.type.fields.length !== 2)) {
    throw table.fault(`column "${path}" is a map without keys and values`);
  }
  return { type: { kind: "list", item }, storage: { kind: "list", wide: code === TYPE.largeList } };
}

function unitOf(table: FlatTable, absent: number): TimeUnit {
  return UNITS[table.i16(0, absent)] ?? refuse(table, "a time of an unknown unit");
}

function sizeOf(table: FlatTable, what: string): number {
  const size = table.i32(0);
  return size >= 0 ? size : refuse(table, `${what} of ${size}`);
}

function refuse(table: FlatTable, what: string): never {
  throw table.fault(`its schema has ${what}`);
}

function unsupported({ uri }: FieldContext, detail: string): UnsupportedError {
  return new UnsupportedError({ operation: "read arrow", uri, detail });
}
