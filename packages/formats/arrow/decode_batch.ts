import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { columnPlaces } from "../table/select_columns.ts";
import type { ArrowField, ArrowSchema } from "./arrow_field.ts";
import { BatchBody } from "./batch_body.ts";
import type { BatchHeader } from "./batch_header.ts";
import { type FieldPlace, layOut } from "./batch_layout.ts";
import { decodeColumn } from "./decode_column.ts";
import type { Dictionaries } from "./dictionaries.ts";

/** The columns of a schema that are wanted. */
export interface Wanted {
  /** What comes of them. */
  readonly schema: Schema;
  /** As Arrow has them, in the order wanted. */
  readonly fields: readonly ArrowField[];
  /** Whether that is all of them. */
  readonly isAll: boolean;
}

/** The schema of a table, for those who read it. */
export function schemaOf({ fields, metadata }: ArrowSchema): Schema {
  const hasMetadata = Object.keys(metadata).length > 0;
  return { fields: fields.map(({ field }) => field), ...(hasMetadata && { metadata }) };
}

/** Chooses columns by name; a `TypeError` where one is not there. */
export function wantedOf(schema: ArrowSchema, names?: readonly string[]): Wanted {
  const whole = schemaOf(schema);
  if (!names) return { schema: whole, fields: schema.fields, isAll: true };
  const fields = columnPlaces(whole, names).flatMap((place) => schema.fields[place] ?? []);
  return {
    schema: { ...whole, fields: fields.map(({ field }) => field) },
    fields,
    isAll: fields.length === schema.fields.length,
  };
}

/** Where the columns wanted lie in a batch, in their order. */
export function placesOf(schema: ArrowSchema, wanted: Wanted, header: BatchHeader): FieldPlace[] {
  const places = new Map(layOut(schema.fields, header).map((place) => [place.field, place]));
  return wanted.fields.flatMap((field) => places.get(field) ?? []);
}

/** Plans to read the buffers of some columns of a body of `length` bytes. */
export function planBody(header: BatchHeader, length: number, places: readonly FieldPlace[]): BatchBody {
  const buffers = places.flatMap(({ start, end }) =>
    Array.from(
      { length: Math.max(Math.min(end.buffer, header.buffers.length) - start.buffer, 0) },
      (_, index) => start.buffer + index,
    )
  );
  return BatchBody.plan(header, length, buffers);
}

/** Decodes the columns of a batch. */
export function decodeBatch(
  places: readonly FieldPlace[],
  schema: Schema,
  header: BatchHeader,
  body: BatchBody,
  { dictionaries, uri }: { readonly dictionaries: Dictionaries; readonly uri: string },
): TableBatch {
  const context = { uri, header, body, dictionary: dictionaries.of(header) };
  const columns = places.map((place) => decodeColumn(place, header.rows, context));
  return { schema, rows: header.rows, columns };
}
