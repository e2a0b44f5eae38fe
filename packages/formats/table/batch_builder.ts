import type { NumericArray } from "../array/dtype.ts";
import type { Column, TableBatch } from "./column.ts";
import { type ColumnBuilder, columnBuilder } from "./column_builder.ts";
import type { Field, Schema } from "./schema.ts";
import { formatType } from "./schema_text.ts";
import { valueLayoutOf } from "./value_layout.ts";

/** Gathers rows of values of JavaScript. */
export class BatchBuilder {
  /** The columns. */
  readonly schema: Schema;
  /** Gather the columns, in the order of the schema. */
  readonly columns: readonly ColumnBuilder[];
  #rows = 0;

  /** An empty one. */
  constructor(schema: Schema) {
    this.schema = schema;
    this.columns = schema.fields.map(columnBuilder);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Adds a row: its values in the order of the schema. After an error the builder is of no use. */
  append(values: readonly unknown[]): void {
    if (values.length !== this.columns.length) {
      throw new TypeError(`a row of ${values.length} values is given for ${this.columns.length} columns`);
    }
    this.columns.forEach((column, place) => column.append(values[place]));
    this.#rows++;
  }

  /** Says that each column was given a row of its own. */
  close(): void {
    this.#rows++;
  }

  /** The rows. The builder is empty again afterwards. */
  finish(): TableBatch {
    const rows = this.#rows;
    this.#rows = 0;
    return { schema: this.schema, rows, columns: this.columns.map((column) => column.finish()) };
  }
}

/** A batch of rows given as objects, by the names of the schema's columns. */
export function batchOf(schema: Schema, rows: readonly Readonly<Record<string, unknown>>[]): TableBatch {
  const builder = new BatchBuilder(schema);
  for (const row of rows) {
    builder.append(schema.fields.map(({ name }) => Object.hasOwn(row, name) ? row[name] : null));
  }
  return builder.finish();
}

/** A column over an array of the kind that its type has (`Float32Array` for float32), which is not copied. */
export function columnOf(field: Field, values: NumericArray, validity?: Uint8Array): Column {
  const layout = valueLayoutOf(field.type);
  const length = values.length / (layout?.width ?? 1);
  if (!layout || !(values instanceof layout.Values) || !Number.isInteger(length)) {
    const wanted = layout ? `${layout.width} numbers of a ${layout.Values.name}` : "more than one array";
    throw new TypeError(`column "${field.name}" of ${formatType(field.type)} takes ${wanted} for each row`);
  }
  return { field, length, values, ...(validity && { validity }) };
}
