import type { ColumnType, Field, Schema } from "./schema.ts";

const BARE = /^[\p{L}_][\p{L}\p{N}_.\-]*$/u;

/**
 * A schema as text, which {@linkcode parseSchema} reads: `a: int64, b: string?, c: list<float32>`. `?` stands behind a type
 * whose column may have rows without a value. Names that are no word are quoted as JSON strings.
 */
export function formatSchema({ fields }: Schema): string {
  return fields.map(formatField).join(", ");
}

/** A type as text: `timestamp(us, "UTC")`, `list<float32, 3>`, `struct<x: int8, y: string?>`, `decimal(10, 2)`. */
export function formatType(type: ColumnType): string {
  switch (type.kind) {
    case "fixed-binary":
      return `fixed-binary(${type.size})`;
    case "timestamp":
      return `timestamp(${type.unit}${type.zone === undefined ? "" : `, ${JSON.stringify(type.zone)}`})`;
    case "time":
    case "duration":
      return `${type.kind}(${type.unit})`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "list": {
      const item = type.item.name === "item" ? optional(type.item) : formatField(type.item);
      return `list<${item}${type.size === undefined ? "" : `, ${type.size}`}>`;
    }
    case "struct":
      return `struct<${type.fields.map(formatField).join(", ")}>`;
    default:
      return type.kind;
  }
}

function formatField(field: Field): string {
  return `${BARE.test(field.name) ? field.name : JSON.stringify(field.name)}: ${optional(field)}`;
}

function optional({ type, nullable }: Field): string {
  return formatType(type) + (nullable ? "?" : "");
}
