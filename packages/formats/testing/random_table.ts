import fc from "fast-check";
import { columnBuilder } from "../table/column_builder.ts";
import type { Column, TableBatch } from "../table/column.ts";
import {
  type ColumnType,
  type Field,
  NUMERIC_KINDS,
  type NumericKind,
  type Schema,
  type TimeUnit,
} from "../table/schema.ts";
import { valueLayoutOf } from "../table/value_layout.ts";

const UNITS: readonly TimeUnit[] = ["s", "ms", "us", "ns"];

/** A type without others in it. */
const flatType: fc.Arbitrary<ColumnType> = fc.oneof(
  fc.constantFrom(...NUMERIC_KINDS, "bool" as const, "date" as const).map((kind) => ({ kind })),
  fc.constantFrom("string" as const, "binary" as const).map((kind) => ({ kind })),
  fc.nat(5).map((size) => ({ kind: "fixed-binary" as const, size: size + 1 })),
  fc.record({ kind: fc.constant("timestamp" as const), unit: fc.constantFrom(...UNITS) }),
  fc.constantFrom(...UNITS).map((unit) => ({ kind: "timestamp" as const, unit, zone: "UTC" })),
  fc.record({ kind: fc.constantFrom("time" as const, "duration" as const), unit: fc.constantFrom(...UNITS) }),
  fc.record({ kind: fc.constant("decimal" as const), precision: fc.constant(38), scale: fc.nat(10) }),
);

/** A field of any type, up to `depth` lists and structs in one another. */
export function randomField(depth: number, name: string = "item"): fc.Arbitrary<Field> {
  return fc.record({ name: fc.constant(name), type: randomType(depth), nullable: fc.boolean() });
}

function randomType(depth: number): fc.Arbitrary<ColumnType> {
  if (depth === 0) return flatType;
  return fc.oneof(
    { arbitrary: flatType, weight: 3 },
    { arbitrary: randomField(depth - 1).map((item) => ({ kind: "list" as const, item })), weight: 1 },
    {
      arbitrary: fc.record({ item: randomField(depth - 1), size: fc.nat(3) })
        .map(({ item, size }) => ({ kind: "list" as const, item, size: size + 1 })),
      weight: 1,
    },
    {
      arbitrary: randomFields(depth - 1, 2).map((fields) => ({ kind: "struct" as const, fields })),
      weight: 1,
    },
  );
}

function randomFields(depth: number, most: number): fc.Arbitrary<Field[]> {
  return fc.integer({ min: 1, max: most })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => randomField(depth, `f${index}`)))
    );
}

/** Tables of any columns, in one to three batches of up to `rows` rows. */
export function randomTable(rows = 20): fc.Arbitrary<{ schema: Schema; batches: TableBatch[] }> {
  return randomFields(2, 4).chain((fields) => {
    const schema = { fields };
    const batch = fc.nat(rows).chain((count) =>
      fc.tuple(...fields.map((field) => randomColumn(field, count)))
        .map((columns) => ({ schema, rows: count, columns }))
    );
    return fc.array(batch, { minLength: 1, maxLength: 3 }).map((batches) => ({ schema, batches }));
  });
}

/** A column of as many rows, whose builder is given arbitrary values. */
function randomColumn(field: Field, rows: number): fc.Arbitrary<Column> {
  return fc.array(randomValue(field), { minLength: rows, maxLength: rows }).map((values) => {
    const builder = columnBuilder(field);
    for (const value of values) builder.append(value);
    return builder.finish();
  });
}

function randomValue({ type, nullable }: Field): fc.Arbitrary<unknown> {
  const value = valueOf(type);
  return nullable ? fc.option(value, { nil: null, freq: 3 }) : value;
}

function valueOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "bool":
      return fc.boolean();
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 20 });
    case "binary":
      return fc.uint8Array({ maxLength: 20 });
    case "fixed-binary":
      return fc.uint8Array({ minLength: type.size, maxLength: type.size });
    case "date":
      return fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10));
    case "time":
      return fc.bigInt(0n, 86_399n * 10n ** BigInt(UNITS.indexOf(type.unit) * 3));
    case "timestamp":
    case "duration":
      return fc.bigInt(-(2n ** 62n), 2n ** 62n);
    case "decimal":
      return fc.bigInt(-(10n ** 20n), 10n ** 20n).map((value) => `${value}`);
    case "list":
      return type.size === undefined
        ? fc.array(randomValue(type.item), { maxLength: 4 })
        : fc.array(randomValue(type.item), { minLength: type.size, maxLength: type.size });
    case "struct":
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, randomValue(field)])));
    default:
      return numberOf(type.kind);
  }
}

function numberOf(kind: NumericKind): fc.Arbitrary<number | bigint> {
  if (kind.startsWith("float")) return fc.constantFrom(0, 1.5, -2, 1024, NaN, Infinity, -Infinity, 0.25);
  const { Values } = valueLayoutOf({ kind }) ?? { Values: Uint8Array };
  const bits = BigInt(Values.BYTES_PER_ELEMENT * 8);
  const [min, max] = kind.startsWith("u")
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  return bits === 64n ? fc.bigInt(min, max) : fc.bigInt(min, max).map(Number);
}
