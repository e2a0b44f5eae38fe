import type { FormatTarget } from "../registry/format.ts";
import { batchesOfRows } from "../table/batches_of_rows.ts";
import type { TableBatch } from "../table/column.ts";
import { cutRows } from "../table/rebatch.ts";
import type { Field, Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import { entriesOf } from "./entries_of.ts";
import type { TarEntry } from "./stream_tar.ts";

const field = (name: string, kind: "string" | "int64" | "float64" | "binary", nullable = false): Field => {
  return { name, type: { kind }, nullable };
};

const SCHEMA: Schema = {
  fields: [
    field("name", "string"),
    field("type", "string"),
    field("size", "int64"),
    field("mtime", "float64"),
    field("data", "binary", true),
  ],
};

const VALUES: Readonly<Record<string, (entry: TarEntry) => unknown>> = {
  name: ({ member }) => member.name,
  type: ({ member }) => member.type,
  size: ({ member }) => member.size,
  mtime: ({ member }) => member.mtime,
  data: (entry) => entry.member.type === "file" ? entry.bytes() : null,
};

/** The columns of members that a schema asks for; nothing where it may ask for fields of samples, which are bytes. */
export function memberColumnsOf({ fields }: Schema): readonly string[] | undefined {
  const kinds = new Map(SCHEMA.fields.map(({ name, type }) => [name, type.kind]));
  const areOfMembers = fields.every(({ name, type }) => kinds.get(name) === type.kind) &&
    fields.some(({ type }) => type.kind !== "binary");
  return areOfMembers ? fields.map(({ name }) => name) : undefined;
}

/** An archive as a table: a row for each member, with its data where that is asked for. */
export class MembersTable implements TableReader {
  /** Name, type, size, time of change in seconds from 1970, and the data of a file. */
  readonly schema: Schema;
  readonly #target: FormatTarget;

  /** A table over an archive, of which nothing is read yet; of some columns, where these are named. */
  constructor(target: FormatTarget, columns?: readonly string[]) {
    this.schema = selectFields(SCHEMA, columns);
    this.#target = target;
  }

  /** Yields the members in order. */
  async *scan(
    { columns, rows, batchRows, ...options }: ScanOptions = {},
  ): AsyncIterable<TableBatch> {
    const schema = selectFields(this.schema, columns);
    const target = this.#target;
    const values = async function* () {
      for await (const entry of entriesOf(target, options)) {
        yield await Promise.all(schema.fields.map(({ name }) => VALUES[name]?.(entry)));
      }
    };
    yield* cutRows(batchesOfRows(values(), schema, batchRows), rows);
  }

  /** Holds nothing. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
