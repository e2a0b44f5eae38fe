import type { Schema } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";

/** Refuses columns that no cell of text can hold: a `TypeError` that names the column and says what to do. */
export function checkCellTypes({ fields }: Schema, format: "csv" | "tsv"): void {
  for (const { name, type } of fields) {
    if (!["binary", "fixed-binary", "list", "struct"].includes(type.kind)) continue;
    throw new TypeError(
      `column "${name}" of ${
        formatType(type)
      } cannot be in ${format}; leave it out, or write parquet or arrow`,
    );
  }
}
