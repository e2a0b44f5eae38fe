import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { columnPlaces } from "../table/select_columns.ts";
import type { ArrowField, ArrowSchema } from "./arrow_field.ts";
import { BatchBody } from "./batch_body.ts";
import type { BatchHeader } from "./batch_header.ts";
import { type FieldPlace, layOut } from "./batch_layout.ts";
import { decodeRows } from "./decode_column.ts";
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

/** Decodes the rows of a batch from `from` up to before `to`; all by default. */
export function decodeBatch(
  places: readonly FieldPlace[],
  schema: Schema,
  header: BatchHeader,
  body: BatchBody,
  { dictionaries, uri, from = 0, to = Infinity }: {
    readonly dictionaries: Dictionaries;
    readonly uri: string;
    readonly from?: number;
    readonly to?: number;
  },
): TableBatch {
  const context = { uri, header, body, dictionary: dictionaries.of(header) };
  const cut = { from, to: Math.min(to, header.rows) };
  const columns = places.map((place) => decodeRows(place, header.rows, cut, context));
  return { schema, rows: cut.to - cut.from, columns };
}
