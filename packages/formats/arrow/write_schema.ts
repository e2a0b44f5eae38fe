import type { ColumnType } from "../table/schema.ts";
import type { ArrowField, ArrowSchema } from "./arrow_field.ts";
import { type FlatBuilder, type FlatField, type FlatOffset, number, reference } from "./flat_builder.ts";
import { FLOATS, TYPE, UNITS } from "./type_codes.ts";

/** Builds a schema. */
export function writeSchema(builder: FlatBuilder, { fields, metadata }: ArrowSchema): FlatOffset {
  const pairs = writeKeyValues(builder, metadata);
  const vector = builder.vector(fields.map((field) => writeField(builder, field)));
  return builder.table([undefined, reference(vector), pairs]);
}

/** Builds names and values; nothing where there are none. */
export function writeKeyValues(
  builder: FlatBuilder,
  pairs: Readonly<Record<string, string>>,
): FlatField | undefined {
  const tables = Object.entries(pairs).map(([key, value]) => {
    const fields = [reference(builder.text(key)), reference(builder.text(value))];
    return builder.table(fields);
  });
  return tables.length === 0 ? undefined : reference(builder.vector(tables));
}

function writeField(builder: FlatBuilder, { field, children, metadata }: ArrowField): FlatOffset {
  const pairs = writeKeyValues(builder, metadata);
  const below = builder.vector(children.map((child) => writeField(builder, child)));
  const [code, type] = writeType(builder, field.type);
  const name = builder.text(field.name);
  return builder.table([
    reference(name),
    number(1, field.nullable ? 1 : 0),
    number(1, code),
    reference(builder.table(type)),
    undefined,
    reference(below),
    pairs,
  ]);
}

function writeType(builder: FlatBuilder, type: ColumnType): [code: number, fields: FlatField[]] {
  switch (type.kind) {
    case "bool":
      return [TYPE.bool, []];
    case "string":
      return [TYPE.utf8, []];
    case "binary":
      return [TYPE.binary, []];
    case "fixed-binary":
      return [TYPE.fixedBinary, [number(4, type.size)]];
    case "decimal":
      return [TYPE.decimal, [number(4, type.precision), number(4, type.scale), number(4, 128)]];
    case "date":
      return [TYPE.date, [number(2, 0)]];
    case "time":
      return [TYPE.time, [unit(type), number(4, type.unit === "s" || type.unit === "ms" ? 32 : 64)]];
    case "timestamp":
      return [TYPE.timestamp, [unit(type), ...(type.zone ? [reference(builder.text(type.zone))] : [])]];
    case "duration":
      return [TYPE.duration, [unit(type)]];
    case "list":
      return type.size === undefined ? [TYPE.list, []] : [TYPE.fixedList, [number(4, type.size)]];
    case "struct":
      return [TYPE.struct, []];
    default: {
      const precision = FLOATS.indexOf(type.kind);
      if (precision >= 0) return [TYPE.float, [number(2, precision)]];
      const unsigned = type.kind.startsWith("u");
      return [TYPE.int, [number(4, Number(type.kind.replace(/^u?int/, ""))), number(1, unsigned ? 0 : 1)]];
    }
  }
}

function unit(type: { readonly unit: "s" | "ms" | "us" | "ns" }): FlatField {
  return number(2, UNITS.indexOf(type.unit));
}
