import fc from "fast-check";
import { batchOf } from "../table/batch_builder.ts";
import type { TableBatch } from "../table/column.ts";
import { type ColumnType, type Field, NUMERIC_KINDS, type Schema } from "../table/schema.ts";
import { formatDate, formatTime, formatTimestamp } from "../table/date_text.ts";
import { formatDecimal } from "../table/decimal.ts";

/** Which types {@linkcode anySchema} makes. */
export interface AnySchemaOptions {
  /** Kinds that a format has no columns of. */
  readonly without?: readonly ColumnType["kind"][];
  /** Lists and structs that may lie in one another; 2 by default. */
  readonly depth?: number;
  /** At least so many columns; none by default. */
  readonly minColumns?: number;
}

const UNIT = fc.constantFrom("s", "ms", "us", "ns");
const NAME = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,3}$/),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
);
const DAY: Readonly<Record<string, bigint>> = {
  s: 86400n,
  ms: 86400000n,
  us: 86400000000n,
  ns: 86400000000000n,
};
const SIMPLE = [...NUMERIC_KINDS, "bool", "string", "binary", "date"] as const;

/** Schemas of all types, for property tests. */
export function anySchema(options: AnySchemaOptions = {}): fc.Arbitrary<Schema> {
  const { depth = 2, minColumns = 0 } = options;
  return fc.uniqueArray(anyField(options, depth), {
    minLength: minColumns,
    maxLength: 5,
    selector: ({ name }) => name,
  }).map((fields) => ({ fields }));
}

/** Batches of up to 20 rows of any schema. */
export function anyBatch(options: AnySchemaOptions = {}): fc.Arbitrary<TableBatch> {
  return anySchema(options).chain((schema) => anyBatchOf(schema));
}

/** Batches of up to 20 rows of a schema. */
export function anyBatchOf(schema: Schema): fc.Arbitrary<TableBatch> {
  return fc.array(anyStruct(schema.fields), { maxLength: 20 }).map((rows) => batchOf(schema, rows));
}

function anyField(options: AnySchemaOptions, depth: number): fc.Arbitrary<Field> {
  return fc.record({ name: NAME, type: anyType(options, depth), nullable: fc.boolean() });
}

function anyType({ without = [], ...options }: AnySchemaOptions, depth: number): fc.Arbitrary<ColumnType> {
  const kinds = SIMPLE.filter((kind) => !without.includes(kind));
  const types: { [kind: string]: fc.Arbitrary<ColumnType> } = {
    "fixed-binary": fc.record({ kind: fc.constant("fixed-binary"), size: fc.integer({ min: 1, max: 3 }) }),
    timestamp: fc.record({ kind: fc.constant("timestamp"), unit: UNIT, zone: fc.constant("UTC") }, {
      requiredKeys: ["kind", "unit"],
    }),
    time: fc.record({ kind: fc.constant("time"), unit: UNIT }),
    duration: fc.record({ kind: fc.constant("duration"), unit: UNIT }),
    decimal: fc.integer({ min: 1, max: 38 }).chain((precision) =>
      fc.record({
        kind: fc.constant("decimal"),
        precision: fc.constant(precision),
        scale: fc.integer({ min: 0, max: precision }),
      })
    ),
  };
  if (depth > 0) {
    const below = { without, ...options };
    types["list"] = fc.record({
      kind: fc.constant("list"),
      item: anyField(below, depth - 1),
      size: fc.integer({ min: 0, max: 3 }),
    }, { requiredKeys: ["kind", "item"] });
    types["struct"] = fc.uniqueArray(anyField(below, depth - 1), {
      minLength: 1,
      maxLength: 3,
      selector: ({ name }) => name,
    })
      .map((fields) => ({ kind: "struct", fields }));
  }
  const rest = Object.entries(types).filter(([kind]) => !without.some((other) => other === kind));
  return fc.oneof(fc.constantFrom(...kinds).map((kind) => ({ kind })), ...rest.map(([, type]) => type));
}

function anyStruct(fields: readonly Field[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.tuple(...fields.map(anyValue)).map((values) =>
    Object.fromEntries(fields.map(({ name }, place) => [name, values[place]]))
  );
}

function anyValue({ type, nullable }: Field): fc.Arbitrary<unknown> {
  const value = anyValueOf(type);
  return nullable ? fc.option(value, { freq: 3 }) : value;
}

function anyValueOf(type: ColumnType): fc.Arbitrary<unknown> {
  const bits = Number(/\d+$/.exec(type.kind)?.[0]);
  switch (type.kind) {
    case "int64":
    case "duration":
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
      return fc.bigInt(0n, 2n ** 64n - 1n);
    case "float16":
      return fc.integer({ min: 0, max: 65535 }).map((word) =>
        new Float16Array(Uint16Array.of(word).buffer)[0]
      );
    case "float32":
      return fc.float();
    case "float64":
      return fc.double();
    case "bool":
      return fc.boolean();
    case "string":
      return fc.string({ unit: "grapheme", maxLength: 8 });
    case "binary":
      return fc.uint8Array({ maxLength: 8 });
    case "fixed-binary":
      return fc.uint8Array({ minLength: type.size, maxLength: type.size });
    case "date":
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(formatDate);
    case "time":
      return fc.bigInt(0n, (DAY[type.unit] ?? 1n) - 1n).map((count) => formatTime(count, type.unit));
    case "timestamp":
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map((count) =>
        formatTimestamp(count, type.unit, type.zone !== undefined)
      );
    case "decimal": {
      const most = 10n ** BigInt(type.precision) - 1n;
      return fc.bigInt(-most, most).map((whole) => formatDecimal(whole, type.scale));
    }
    case "list":
      return fc.array(anyValue(type.item), { minLength: type.size ?? 0, maxLength: type.size ?? 4 });
    case "struct":
      return anyStruct(type.fields);
    default: {
      const unsigned = type.kind.startsWith("u");
      return fc.integer(
        unsigned ? { min: 0, max: 2 ** bits - 1 } : { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 },
      );
    }
  }
}
