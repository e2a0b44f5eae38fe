import { QuotaExceededError, UnsupportedError } from "@lade/core/errors";
import { formatSize } from "@lade/core/text";
import { openFormat } from "@lade/formats/formats";
import {
  bytesOfBatch,
  concatBatches,
  type Schema,
  selectFields,
  type TableBatch,
  type TableReader,
} from "@lade/formats/table";
import type { LocatedUri } from "@lade/transfer/places";
import type { OpenTableOptions, ReadTableOptions, ScanTableOptions } from "./table_options.ts";

/** Reads a table as one batch, which the store's byte budget bounds. */
export async function readTable(located: LocatedUri, options: ReadTableOptions): Promise<TableBatch> {
  const most = located.store.context.budget.capacity;
  await using reader = await open(located, options);
  const batches: TableBatch[] = [];
  let bytes = 0;
  for await (const batch of reader.scan(options)) {
    batches.push(batch);
    bytes += bytesOfBatch(batch);
    if (bytes <= most) continue;
    throw new QuotaExceededError({
      operation: "read",
      uri: located.uriOf(located.key),
      detail: `the table takes more than the ${formatSize(most)} of the byte budget`,
      advice: "read it batch by batch with scanTable, or fewer columns or rows",
    });
  }
  return concatBatches(selectFields(reader.schema, options.columns), batches);
}

/** Reads a table batch by batch. */
export async function* scanTable(
  located: LocatedUri,
  options: ScanTableOptions,
): AsyncGenerator<TableBatch, void, undefined> {
  await using reader = await open(located, options);
  yield* reader.scan(options);
}

/** The columns of a table. */
export async function schemaOf(located: LocatedUri, options: OpenTableOptions): Promise<Schema> {
  await using reader = await open(located, options);
  return reader.schema;
}

async function open(
  { store, key, uriOf }: LocatedUri,
  { format: given, schema, signal }: OpenTableOptions,
): Promise<TableReader> {
  const call = { ...(signal && { signal }) };
  const { format, target } = await openFormat(store, key, { ...call, ...(given && { format: given }) });
  const reader = await format.openTable?.(target, { ...call, ...(schema && { schema }) });
  if (reader) return reader;
  throw new UnsupportedError({ operation: "read", uri: uriOf(key), detail: `${format.name} is no table` });
}
