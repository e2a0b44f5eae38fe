import type { ColumnType, Field, Schema } from "./schema.ts";
import { formatType } from "./schema_text.ts";

/**
 * How two schemas differ, in words, or `undefined` where they are equal: the same columns in the same order, of the same
 * types. What the item of a list is called, and metadata, are of no consequence.
 */
export function schemaDifference(a: Schema, b: Schema): string | undefined {
  if (a.fields.length !== b.fields.length) {
    return `${a.fields.length} columns against ${b.fields.length}`;
  }
  for (const [place, field] of a.fields.entries()) {
    const other = b.fields[place];
    if (other && fieldsEqual(field, other)) continue;
    return `column ${place + 1} is ${told(field)} against ${other ? told(other) : "none"}`;
  }
  return undefined;
}

/** Whether two schemas have the same columns in the same order. */
export function schemasEqual(a: Schema, b: Schema): boolean {
  return schemaDifference(a, b) === undefined;
}

function fieldsEqual(a: Field, b: Field): boolean {
  return a === b || (a.name === b.name && a.nullable === b.nullable && typesEqual(a.type, b.type));
}

/** Whether two types are equal. */
export function typesEqual(a: ColumnType, b: ColumnType): boolean {
  if (a === b) return true;
  if (a.kind === "list" && b.kind === "list") {
    return a.size === b.size && a.item.nullable === b.item.nullable && typesEqual(a.item.type, b.item.type);
  }
  if (a.kind === "struct" && b.kind === "struct") {
    return a.fields.length === b.fields.length &&
      a.fields.every((field, place) => {
        const other = b.fields[place];
        return other !== undefined && fieldsEqual(field, other);
      });
  }
  return formatType(a) === formatType(b);
}

function told({ name, type, nullable }: Field): string {
  return `"${name}" of ${formatType(type)}${nullable ? "?" : ""}`;
}
