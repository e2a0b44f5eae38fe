import type { ObjectStore } from "@lade/core";
import type { ObjectSource } from "@lade/formats/source";
import {
  bytesOfBatch,
  formatSchema,
  type GroupedTable,
  type RowGroup,
  type TableBatch,
} from "@lade/formats/table";
import type {
  MapDataset,
  OpenGroupOptions,
  SampleContext,
  SampleGroup,
  SampleGroups,
  SamplePlace,
  SampleTable,
} from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import { groupStarts } from "./group_starts.ts";
import { rowReader } from "./row_reader.ts";
import type { TableFormat, TableRow } from "./table_samples.ts";

const GROUP_WORDS: Readonly<Record<TableFormat, string>> = { parquet: "row group", arrow: "record batch" };

/** A file of a table that is open. */
export interface TableFile {
  readonly store: ObjectStore;
  readonly key: string;
  readonly source: ObjectSource;
  readonly reader: GroupedTable;
  readonly table: SampleTable;
  readonly groups: readonly RowGroup[];
  readonly format: TableFormat;
  readonly columns: readonly string[] | undefined;
}

/** The rows of one file, or its groups of them. */
export class TablePart implements MapDataset<TableRow | TableBatch> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly table: SampleTable;
  readonly groups: SampleGroups<TableRow | TableBatch>;
  readonly #file: TableFile;
  /** The numbers that groups have in the file: those without rows are left out. */
  readonly #numbers: readonly number[];

  constructor(file: TableFile) {
    const { store, key, source: { uri, info }, table, format, columns } = file;
    this.#file = file;
    this.#numbers = file.groups.keys().filter((group) => (file.groups[group]?.rows ?? 0) > 0).toArray();
    const stored = this.#numbers.flatMap((number) => file.groups[number] ?? []);
    const starts = groupStarts(stored.map(({ rows }) => table.of === "rows" ? rows : 1));
    this.uri = uri;
    this.context = store.context;
    this.table = table;
    this.length = starts.startOf(starts.count);
    this.groups = {
      ...starts,
      sizeOf: (group) => stored[group]?.bytes ?? 0,
      open: (group, options) => this.#open(group, options),
    };
    this.fingerprint = fingerprintOf(format, [
      nameOf(key),
      info.size,
      stored.reduce((sum, { rows }) => sum + rows, 0),
      this.length,
      formatSchema(table.schema),
      contentTag(store, info.etag),
      table.of,
      [...columns ?? []].join(),
    ]);
  }

  async get(index: number, { signal }: SampleContext): Promise<TableRow | TableBatch> {
    const group = this.groups.of(this.#within(index));
    const opened = await this.groups.open(group, { signal, clock: this.context.clock });
    return opened.get(index);
  }

  locate(index: number): SamplePlace {
    const { format } = this.#file;
    const number = this.#numbers[this.groups.of(this.#within(index))] ?? 0;
    return { uri: this.uri, record: index, group: `${GROUP_WORDS[format]} ${number}` };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #open(
    group: number,
    { signal, clock, onRead }: OpenGroupOptions,
  ): Promise<SampleGroup<TableRow | TableBatch>> {
    const { reader, columns, table } = this.#file;
    const began = clock.monotonicMs();
    const fetched = await reader.fetchGroup(this.#numbers[group] ?? 0, {
      signal,
      ...(columns && { columns }),
    });
    onRead?.(fetched.bytes, clock.monotonicMs() - began);
    const batch = fetched.decode();
    const bytes = bytesOfBatch(batch);
    if (table.of === "batches") return { bytes, get: () => batch };
    const first = this.groups.startOf(group);
    const rowAt = rowReader(batch);
    return { bytes, get: (index) => rowAt(index - first) };
  }

  #within(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.length) return index;
    throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
  }
}
