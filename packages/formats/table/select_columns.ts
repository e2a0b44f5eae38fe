import type { TableBatch } from "./column.ts";
import type { Schema } from "./schema.ts";

/** The places of columns in a schema, in the order of `names`; a `TypeError` that names those there are where one is not. */
export function columnPlaces(schema: Schema, names: readonly string[]): number[] {
  const places = new Map(schema.fields.map(({ name }, place) => [name, place]));
  const seen = new Set<string>();
  return names.map((name) => {
    const place = places.get(name);
    if (place === undefined) {
      const some = schema.fields.slice(0, 50).map((field) => field.name).join(", ");
      const more = schema.fields.length > 50 ? `, and ${schema.fields.length - 50} more` : "";
      throw new TypeError(`no column is called "${name}"; there are: ${some}${more}`);
    }
    if (seen.has(name)) throw new TypeError(`column "${name}" is asked for twice`);
    seen.add(name);
    return place;
  });
}

/** The schema of the columns that are asked for; the same one where none are named. */
export function selectFields(schema: Schema, names?: readonly string[]): Schema {
  if (!names) return schema;
  const fields = columnPlaces(schema, names).flatMap((place) => schema.fields[place] ?? []);
  return { ...schema, fields };
}

/** A batch with the columns that are asked for, in their order; nothing is copied. */
export function selectColumns(batch: TableBatch, names: readonly string[]): TableBatch {
  const columns = columnPlaces(batch.schema, names).flatMap((place) => batch.columns[place] ?? []);
  return { schema: selectFields(batch.schema, names), rows: batch.rows, columns };
}
