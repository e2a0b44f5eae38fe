import { BatchBuilder } from "../table/batch_builder.ts";
import type { Schema } from "../table/schema.ts";
import { columnPlaces } from "../table/select_columns.ts";
import type { JsonLines } from "./json_lines.ts";
import { type Member, ObjectReader } from "./object_reader.ts";
import { valueReader } from "./value_readers.ts";

/** Gathers lines as rows of some columns. After a fault it is of no use. */
export class JsonRows {
  /** Has the rows. */
  readonly builder: BatchBuilder;
  readonly #object: ObjectReader;

  /** The columns `taken` of lines with the members `all`; others are a fault where `strict` says so. */
  constructor(all: Schema, taken: Schema, strict: boolean) {
    const builder = this.builder = new BatchBuilder(taken);
    const places = columnPlaces(all, taken.fields.map(({ name }) => name));
    const members = all.fields.map(({ name }, place): Member => {
      const column = builder.columns[places.indexOf(place)];
      return column
        ? { name, builder: column, read: valueReader(column) }
        : { name, read: (cursor) => cursor.skip() };
    });
    this.#object = new ObjectReader(members, strict);
  }

  /** The member that is read, or -1. */
  get place(): number {
    return this.#object.place;
  }

  /** Adds the line that was found last. */
  add(lines: JsonLines): void {
    const object = this.#object;
    object.place = -1;
    if (lines.cursor.peek() !== 123) throw lines.cursor.unexpected("an object");
    object.read(lines.cursor);
    object.place = -1;
    lines.end();
    this.builder.close();
  }
}
