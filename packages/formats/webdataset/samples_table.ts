import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { FormatTarget } from "../registry/format.ts";
import { batchesOfRows } from "../table/batches_of_rows.ts";
import type { TableBatch } from "../table/column.ts";
import { cutRows } from "../table/rebatch.ts";
import type { Schema } from "../table/schema.ts";
import { selectFields } from "../table/select_columns.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import { entriesOf, uriOf } from "../tar/entries_of.ts";
import type { SampleReader } from "./sample_reader.ts";
import { type Sample, samplesOf } from "./stream_samples.ts";

/** The column of the samples' keys. */
export const KEY_COLUMN = "__key__";
/** Samples that are read at once by an index. */
const SAMPLES_AT_ONCE = 64;

/** The columns of samples with these fields: the key, and the bytes of each field. */
export function samplesSchema(fields: readonly string[]): Schema {
  return {
    fields: [
      { name: KEY_COLUMN, type: { kind: "string" }, nullable: false },
      ...fields.map((name) => ({ name, type: { kind: "binary" as const }, nullable: true })),
    ],
  };
}

/** A shard as a table: a row for each sample, a column for each field. */
export class SamplesTable implements TableReader {
  /** The key, and the bytes of each field. */
  readonly schema: Schema;
  /** Samples, where an index says how many. */
  readonly rows?: number;
  readonly #target: FormatTarget;
  readonly #reader: SampleReader | undefined;

  /** A table over a shard: by its index, or else in order. */
  constructor(target: FormatTarget, schema: Schema, reader?: SampleReader) {
    this.schema = schema;
    this.#target = target;
    this.#reader = reader;
    if (reader) this.rows = reader.length;
  }

  /**
   * Yields the samples in order. A field that the schema lacks is a `FormatError`, unless columns are chosen: then nothing
   * else is read.
   */
  async *scan(
    { columns, rows = {}, batchRows, ...options }: ScanOptions = {},
  ): AsyncIterable<TableBatch> {
    const schema = selectFields(this.schema, columns);
    const wanted = columns?.filter((name) => name !== KEY_COLUMN);
    const samples = this.#reader
      ? indexed(this.#reader, rows, wanted, options)
      : samplesOf(entriesOf(this.#target, options), uriOf(this.#target), wanted, true);
    const uri = uriOf(this.#target);
    const known = new Set(this.schema.fields.map(({ name }) => name));
    const values = async function* () {
      let record = rows.from ?? 0;
      for await (const { key, fields } of samples) {
        const unknown = Object.keys(fields).find((name) => !known.has(name));
        if (unknown !== undefined) throw unknownField(uri, key, unknown, record);
        yield schema.fields.map(({ name }) => name === KEY_COLUMN ? key : fields[name]);
        record++;
      }
    };
    const batches = batchesOfRows(values(), schema, batchRows);
    yield* this.#reader ? batches : cutRows(batches, rows);
  }

  /** Holds nothing. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

async function* indexed(
  reader: SampleReader,
  { from = 0, to = Infinity }: NonNullable<ScanOptions["rows"]>,
  wanted: readonly string[] | undefined,
  options: CallOptions,
): AsyncGenerator<Sample, void, void> {
  const call = { ...options, ...(wanted && { fields: new Set(wanted) }) };
  const end = Math.min(to, reader.length);
  for (let start = from; start < end; start += SAMPLES_AT_ONCE) {
    const count = Math.min(SAMPLES_AT_ONCE, end - start);
    yield* await reader.readMany(Array.from({ length: count }, (_, place) => start + place), call);
  }
}

function unknownField(uri: string, key: string, field: string, record: number): FormatError {
  return new FormatError({
    operation: "read samples of",
    uri,
    detail: `sample ${JSON.stringify(key)} has the field ${
      JSON.stringify(field)
    }, which none of the first ones has`,
    advice: "give a schema, choose columns, or index it",
    record,
  });
}
