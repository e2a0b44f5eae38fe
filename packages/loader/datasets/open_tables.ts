import type { ObjectStore } from "@lade/core";
import { optionWords } from "@lade/core/backend";
import { FormatError } from "@lade/formats/errors";
import { ObjectSource } from "@lade/formats/source";
import { type GroupedTable, schemaDifference, selectFields, type TableBatch } from "@lade/formats/table";
import type { MapDataset, SampleTable } from "./dataset.ts";
import { openShards } from "./open_shards.ts";
import type { TableDatasetOptions, TableFormat, TableRow } from "./table_samples.ts";
import { TablePart } from "./table_part.ts";

const OPEN: Readonly<
  Record<TableFormat, (source: ObjectSource, options: { signal: AbortSignal }) => Promise<GroupedTable>>
> = {
  parquet: async (source, options) =>
    await (await import("@lade/formats/parquet")).ParquetReader.open(source, options),
  arrow: async (source, options) =>
    await (await import("@lade/formats/arrow")).ArrowFileReader.open(source, options),
};

/** Opens the tables of all keys as one data set. */
export async function openTables(
  store: ObjectStore,
  keys: readonly string[],
  format: TableFormat,
  options: TableDatasetOptions,
): Promise<MapDataset<TableRow | TableBatch>> {
  const { fields, wholeGroups = false } = options;
  if (!Object.hasOwn(OPEN, format)) {
    throw new TypeError(
      `Cannot open tables of format ${optionWords(format)}: it is ${Object.keys(OPEN).join(" or ")}`,
    );
  }
  let first: { readonly key: string; readonly table: SampleTable } | undefined;
  return await openShards<TableRow | TableBatch>(store, keys, async (key, signal) => {
    const source = await ObjectSource.open(store, key, { signal, at: "end" });
    const reader = await OPEN[format](source, { signal });
    const schema = { fields: selectFields(reader.schema, fields).fields };
    const table: SampleTable = { schema, of: wholeGroups ? "batches" : "rows" };
    first ??= { key, table };
    const difference = schemaDifference(first.table.schema, schema);
    if (difference !== undefined) {
      const detail = `its columns are not those of ${JSON.stringify(first.key)}: ${difference}`;
      throw new FormatError({ operation: "load", uri: source.uri, detail });
    }
    const groups = await reader.rowGroups({ signal, ...(fields && { columns: fields }) });
    source.forget();
    const part = new TablePart({ store, key, source, reader, table, groups, format, columns: fields });
    return { part, bytes: source.size, info: source.info };
  }, { ...options, inBlocks: !wholeGroups });
}
