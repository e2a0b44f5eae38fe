import type { LogicalType, SchemaElement } from "hyparquet";
import { UnsupportedError } from "@lade/core/errors";
import type { ColumnType, Field, Schema, TimeUnit } from "../table/schema.ts";

/** How Parquet says the columns of a table; a type that it has no word for is an `UnsupportedError` that names the column. */
export function elementsOf(schema: Schema, uri: string): SchemaElement[] {
  const elements: SchemaElement[] = [{ name: "schema", num_children: schema.fields.length }];
  for (const field of schema.fields) addField(elements, field, field.name, uri);
  return elements;
}

const DIGITS_32 = 9;
const DIGITS_64 = 18;

function addField(elements: SchemaElement[], field: Field, path: string, uri: string): void {
  const { name, type, nullable } = field;
  const refuse = (detail: string) =>
    new UnsupportedError({ operation: "write parquet", uri, detail: `column "${path}" ${detail}` });
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  if (type.kind === "struct") {
    if (type.fields.length === 0) throw refuse("is a struct of no fields");
    elements.push({ name, repetition_type, num_children: type.fields.length });
    for (const child of type.fields) addField(elements, child, `${path}.${child.name}`, uri);
  } else if (type.kind === "list") {
    const logical_type: LogicalType = { type: "LIST" };
    elements.push({ name, repetition_type, num_children: 1, converted_type: "LIST", logical_type });
    elements.push({ name: "list", repetition_type: "REPEATED", num_children: 1 });
    addField(elements, { ...type.item, name: "element" }, `${path}.list.element`, uri);
  } else {
    elements.push({ name, repetition_type, ...storedType(type, refuse) });
  }
}

/** How values of a type are stored. */
function storedType(type: ColumnType, refuse: (detail: string) => Error): Omit<SchemaElement, "name"> {
  switch (type.kind) {
    case "bool":
      return { type: "BOOLEAN" };
    case "int8":
    case "int16":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64": {
      const bits = Number(/\d+/.exec(type.kind)?.[0]) as 8 | 16 | 32 | 64;
      const isSigned = !type.kind.startsWith("u");
      return {
        type: bits === 64 ? "INT64" : "INT32",
        converted_type: `${isSigned ? "" : "U"}INT_${bits}` as "INT_8",
        logical_type: { type: "INTEGER", bitWidth: bits, isSigned },
      };
    }
    case "int32":
      return { type: "INT32" };
    case "int64":
      return { type: "INT64" };
    case "float16":
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 2, logical_type: { type: "FLOAT16" } };
    case "float32":
      return { type: "FLOAT" };
    case "float64":
      return { type: "DOUBLE" };
    case "date":
      return { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } };
    case "time": {
      const unit = unitOf(type.unit);
      // The older word says UTC too.
      const logical_type: LogicalType = { type: "TIME", isAdjustedToUTC: true, unit };
      const older = unit === "NANOS" ? {} : { converted_type: `TIME_${unit}` as const };
      return { type: unit === "MILLIS" ? "INT32" : "INT64", logical_type, ...older };
    }
    case "timestamp": {
      const unit = unitOf(type.unit);
      const isAdjustedToUTC = type.zone !== undefined;
      const logical_type: LogicalType = { type: "TIMESTAMP", isAdjustedToUTC, unit };
      const older = unit === "NANOS" || !isAdjustedToUTC
        ? {}
        : { converted_type: `TIMESTAMP_${unit}` as const };
      return { type: "INT64", logical_type, ...older };
    }
    case "decimal": {
      const { precision, scale } = type;
      if (scale < 0 || scale > precision) {
        throw refuse(`is a decimal of ${precision} digits and a scale of ${scale}`);
      }
      const told = {
        converted_type: "DECIMAL",
        precision,
        scale,
        logical_type: { type: "DECIMAL", precision, scale },
      } as const;
      if (precision <= DIGITS_32) return { type: "INT32", ...told };
      if (precision <= DIGITS_64) return { type: "INT64", ...told };
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, ...told };
    }
    case "string":
      return { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
    case "binary":
      return { type: "BYTE_ARRAY" };
    case "fixed-binary":
      if (type.size === 0) throw refuse("has values of no bytes");
      return { type: "FIXED_LEN_BYTE_ARRAY", type_length: type.size };
    default:
      throw refuse(`is a ${type.kind}, which Parquet has no word for`);
  }
}

/** Seconds are stored as milliseconds, which is the coarsest unit there is. */
function unitOf(unit: TimeUnit): "MILLIS" | "MICROS" | "NANOS" {
  return unit === "ns" ? "NANOS" : unit === "us" ? "MICROS" : "MILLIS";
}
