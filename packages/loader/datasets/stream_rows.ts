import type { CallOptions, ObjectStore } from "@lade/core";
import type { CsvReader, OpenCsvOptions } from "@lade/formats/csv";
import type { FormatError } from "@lade/formats/errors";
import { formatOfName } from "@lade/formats/formats";
import {
  formatSchema,
  type RowValue,
  type Schema,
  type TableBatch,
  type TableReader,
  valueAt,
} from "@lade/formats/table";
import type { StreamDataset } from "./dataset.ts";
import { LostSample } from "./lost_sample.ts";
import { streamObjects, type StreamObjectsOptions } from "./stream_objects.ts";

/** A row of a table: its values by the names of the columns. */
export type RowSample = Readonly<Record<string, RowValue>>;

/** Rows that are shuffled together by default: they are small as a rule. */
export const ROWS_WINDOW = 4096;

/**
 * The rows of CSV, TSV or JSON lines in order, as objects, also of objects that are compressed (`.gz`, `.zst`). The columns
 * of all are those of `schema`, which passes others over, or else those of the first object that has rows, with types that are
 * inferred from its first rows: a column that comes later is an error.
 * The store stays the caller's.
 */
export async function streamRows(
  { schema: given, signal, ...options }: StreamObjectsOptions & CallOptions & { readonly schema?: Schema },
): Promise<StreamDataset<RowSample>> {
  const { store, objects } = options;
  const schema = given ?? await schemaOf(store, objects, signal ? { signal } : {});
  const stream = streamObjects<RowSample>(options, {
    kind: ["rows", formatSchema(schema)],
    noun: "rows",
    window: ROWS_WINDOW,
    read: (store, key, from, { signal }) =>
      rowSamples(
        (onFault) => openText(store, key, { schema, strict: !given, signal, onFault }),
        from,
        signal,
      ),
  });
  return { ...stream, table: { schema, of: "rows" } };
}

/** Rows from the `from`-th on, those that are none of the schema in their place; and behind how many the last one is. */
export async function* rowSamples(
  open: (onFault: (fault: FormatError, row: number) => void) => Promise<TableReader>,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<RowSample | LostSample, number, undefined> {
  const faults = new Map<number, FormatError>();
  let row = from;
  /** Those from here on that are no rows of the schema. */
  function* lost() {
    for (let fault; (fault = faults.get(row)); row++) {
      faults.delete(row);
      yield new LostSample(fault);
    }
  }
  await using table = await open((fault, row) => void faults.set(row, fault));
  for await (const batch of table.scan({ signal, rows: { from } })) {
    for (let at = 0; at < batch.rows; at++, row++) {
      yield* lost();
      yield rowOf(batch, at);
    }
    yield* lost();
  }
  yield* lost();
  // Rows before are passed over by the format, which does not say how many there were.
  return row;
}

/** An object without rows tells no types, and of JSON lines no columns, by which those of all others would be lost. */
async function schemaOf(
  store: ObjectStore,
  objects: StreamObjectsOptions["objects"],
  options: CallOptions,
): Promise<Schema> {
  let named: Schema | undefined;
  for (let at = 0; at < objects.length; at++) {
    await using table = await openText(store, objects.at(at).key, options);
    const { schema, inferred } = table;
    if (schema.fields.length === 0) continue;
    if (inferred?.rows !== 0) return schema;
    named ??= schema;
  }
  return named ?? { fields: [] };
}

async function openText(
  store: ObjectStore,
  key: string,
  options: Pick<OpenCsvOptions, "schema" | "strict" | "onFault" | "signal">,
): Promise<TableReader & Pick<CsvReader, "inferred">> {
  const { format } = formatOfName(key);
  if (format === "jsonl") return await (await import("@lade/formats/jsonl")).openJsonl(store, key, options);
  const { openCsv, openTsv } = await import("@lade/formats/csv");
  return await (format === "tsv" ? openTsv : openCsv)(store, key, options);
}

function rowOf({ columns }: TableBatch, row: number): RowSample {
  return Object.fromEntries(columns.map((column) => [column.field.name, valueAt(column, row)]));
}
