import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { loadFormat } from "@lade/formats/formats";
import { batchOf, bytesOfBatch, concatBatches, parseSchema, type TableBatch } from "@lade/formats/table";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { anyBatch } from "../../formats/testing/any_batch.ts";
import { rowsOf } from "../../formats/testing/rows_of.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { ascending } from "../testing/range_dataset.ts";
import type { MapDataset, OpenGroupOptions, SampleGroup } from "./dataset.ts";
import { tableDataset } from "./table_dataset.ts";
import type { TableFormat } from "./table_samples.ts";

const FORMATS: readonly TableFormat[] = ["parquet", "arrow"];

async function writeTable(
  store: ObjectStore,
  key: string,
  format: TableFormat,
  { batch, groupRows = 10 }: { batch: TableBatch; groupRows?: number },
): Promise<void> {
  const { createTable } = await loadFormat(format);
  await using writer = await createTable?.(store, key, { schema: batch.schema, groupRows });
  await writer?.write(batch);
  await writer?.close();
}

/** Rows that tell their number, from `from` on. */
function numbers(from: number, count: number): TableBatch {
  const rows = ascending(count).map((i) => ({ id: from + i, pad: new Uint8Array(20).fill(i), name: `${i}` }));
  return batchOf(parseSchema("id: int32, pad: binary, name: string?"), rows);
}

async function numbersIn(store: ObjectStore, format: TableFormat): Promise<void> {
  for (const file of [0, 1, 2]) {
    await writeTable(store, `${file}`, format, { batch: numbers(file * 35, 35) });
  }
}

async function idsOf(loader: AsyncIterable<{ data: readonly unknown[] }>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { data } of loader) for (const row of data) ids.push((row as { id: number }).id);
  return ids;
}

for (const format of FORMATS) {
  Deno.test(`${format}: rows are those that the format's reader gives, whatever the columns are`, async () => {
    const without = format === "parquet" ? ["duration", "time", "timestamp"] as const : [];
    await fc.assert(
      fc.asyncProperty(
        anyBatch({ minColumns: 1, without }),
        fc.integer({ min: 1, max: 7 }),
        async (batch, groupRows) => {
          await using store = new MemoryStore();
          await writeTable(store, "t", format, { batch, groupRows });
          const { openTable } = await loadFormat(format);
          await using dataset = await tableDataset(store, ["t"], format);
          const { ObjectSource } = await import("@lade/formats/source");
          const open = async () => await ObjectSource.open(store, "t", { at: "end" });
          await using reader = await openTable?.({ store, key: "t", open });
          const expected: unknown[] = [];
          for await (const part of reader?.scan() ?? []) expected.push(...rowsOf(part));
          await using loader = createLoader<unknown>(dataset, { batchSize: 3, allowEmpty: true });
          const rows: unknown[] = [];
          for await (const { data } of loader) rows.push(...data);
          assertEquals(rows, expected);
          assertEquals(rows.length, batch.rows);
        },
      ),
      { numRuns: 60 },
    );
  });

  Deno.test(`${format}: an epoch in order reads each row group once, a shuffle by blocks each once a window`, async () => {
    await using plain = new MemoryStore();
    await numbersIn(plain, format);
    const store = injectFaults(plain, []);
    await using dataset = await tableDataset(store, ["0", "1", "2"], format);
    assertEquals(dataset.length, 105);
    // Row groups are of 10, 10, 10 and 5 rows.
    assertEquals(dataset.groups?.count, 12);
    const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
    for (const shuffle of [false, { block: 10, window: 2, lanes: 2 }] as const) {
      await using loader = createLoader<unknown>(dataset, { batchSize: 4, shuffle });
      for (const epoch of [1, 2]) {
        const before = gets();
        const ids = await idsOf(loader as AsyncIterable<{ data: readonly unknown[] }>);
        assertEquals(ids.toSorted((a, b) => a - b), ascending(105));
        if (!shuffle) assertEquals(ids, ascending(105));
        assertEquals(gets() - before, 12, `epoch ${epoch} of ${JSON.stringify(shuffle)}`);
        assertEquals(store.context.budget.held, 0);
      }
      const { reads, bytesRead, decodeMs } = loader.stats();
      assertEquals(reads, 24);
      assert(bytesRead > 2 * 105 * 20 && decodeMs > 0, `${bytesRead} in ${decodeMs}`);
    }
  });

  Deno.test(`${format}: rows have memory of their own`, async () => {
    await using store = new MemoryStore();
    await writeTable(store, "t", format, { batch: numbers(0, 10) });
    await using dataset = await tableDataset(store, ["t"], format);
    await using loader = createLoader<unknown>(dataset, { batchSize: 4 });
    const kept: { pad: Uint8Array; id: number }[] = [];
    for await (const { data } of loader) kept.push(...data as typeof kept);
    assert(kept.every(({ pad, id }) => pad.buffer.byteLength === 20 && pad.every((byte) => byte === id)));
  });

  Deno.test(`${format}: only the columns that are asked for are read, and have another fingerprint`, async () => {
    await using store = new MemoryStore();
    await numbersIn(store, format);
    await using all = await tableDataset(store, ["0"], format);
    await using some = await tableDataset(store, ["0"], format, { fields: ["name", "id"] });
    assert(some.fingerprint !== all.fingerprint);
    const bytes: number[] = [];
    for (const dataset of [all, some]) {
      await using loader = createLoader<unknown>(dataset, { batchSize: 35 });
      for await (const { data } of loader) {
        if (dataset === some) assertEquals(Object.keys(data[0] as object), ["name", "id"]);
      }
      bytes.push(loader.stats().bytesRead);
    }
    assert((bytes[1] ?? 0) < (bytes[0] ?? 0) - 10 * 35, `${bytes}`);
    await assertRejects(
      () => tableDataset(store, ["0"], format, { fields: ["nam"] }),
      TypeError,
      'no column is called "nam"; there are: id, pad, name',
    );
  });

  Deno.test(`${format}: whole row groups come by columns`, async () => {
    await using store = new MemoryStore();
    await numbersIn(store, format);
    await using dataset = await tableDataset(store, ["0", "1"], format, { wholeGroups: true });
    assertEquals([dataset.length, dataset.blocks], [8, undefined]);
    await using loader = createLoader<unknown>(dataset, { batchSize: 3, pool: { batchesAhead: 0 } });
    const batches: TableBatch[] = [];
    for await (const { data } of loader) {
      batches.push(...data as TableBatch[]);
      const own = (data as TableBatch[]).reduce((sum, batch) => sum + bytesOfBatch(batch), 0);
      const { held } = store.context.budget;
      // Those of the caller, and the next ones.
      assert(held >= own * 0.7 && held <= own * 6, `${held} are held for ${own}`);
    }
    assertEquals(batches.map(({ rows }) => rows), [10, 10, 10, 5, 10, 10, 10, 5]);
    const [first] = batches;
    assert(first);
    assertEquals(rowsOf(concatBatches(first.schema, batches)).map(({ id }) => id), ascending(70));
    assertEquals(store.context.budget.held, 0);
  });

  Deno.test(`${format}: files of other columns are no one data set`, async () => {
    await using store = new MemoryStore();
    await writeTable(store, "a", format, { batch: numbers(0, 3) });
    const batch = batchOf(parseSchema("id: int64, pad: binary, name: string?"), []);
    await writeTable(store, "b", format, { batch });
    await assertRejects(
      () => tableDataset(store, ["a", "b"], format),
      FormatError,
      'column 1 is "id" of int32 against "id" of int64',
    );
    await using some = await tableDataset(store, ["a", "b"], format, { fields: ["name"] });
    assertEquals(some.length, 3);
  });

  Deno.test(`${format}: a file without rows has no samples`, async () => {
    await using store = new MemoryStore();
    await writeTable(store, "t", format, { batch: numbers(0, 0) });
    await using dataset = await tableDataset(store, ["t"], format);
    assertEquals(dataset.length, 0);
    await using loader = createLoader<unknown>(dataset, { batchSize: 2, shuffle: true, allowEmpty: true });
    for await (const _ of loader) throw new TypeError("there is a batch");
  });

  Deno.test(`${format}: of a row group that cannot be had every row is an error that names it`, async () => {
    await using plain = new MemoryStore();
    await numbersIn(plain, format);
    const store = injectFaults(plain, []);
    await using dataset = await tableDataset(store, ["0", "1"], format);
    const broken = 45;
    const own = dataset.groups;
    assert(own);
    const groups = {
      ...own,
      open: (group: number, options: OpenGroupOptions): Promise<SampleGroup<unknown>> =>
        group === 5 ? Promise.reject(new TypeError("it broke off")) : own.open(group, options),
    };
    const { uri, length, fingerprint, context } = dataset;
    const faulty: MapDataset<unknown> = {
      uri,
      length,
      fingerprint,
      groups,
      ...(context && { context }),
      get: (index, context) => dataset.get(index, context),
      locate: (index) => dataset.locate?.(index) ?? { uri },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    await using strict = createLoader<unknown>(faulty, { batchSize: 8 });
    const error = await assertRejects(
      () => idsOf(strict as AsyncIterable<{ data: readonly unknown[] }>),
      SampleError,
      `Cannot load sample 45 ("memory://memory/1", record 10 in ${
        format === "parquet" ? "row group" : "record batch"
      } 1): it broke off`,
    );
    assertEquals([error.index, error.record, error.group?.endsWith(" 1")], [broken, 10, true]);
    assertEquals(strict.state().position, 40);
    assertEquals(store.context.budget.held, 0);
    await using lenient = createLoader<unknown>(faulty, { batchSize: 8, onError: "skip" });
    const ids = await idsOf(lenient as AsyncIterable<{ data: readonly unknown[] }>);
    assertEquals(ids, ascending(70).filter((id) => id < 45 || id >= 55));
    assertEquals(lenient.stats().skipped, 10);
  });

  Deno.test(`${format}: leaving a loop in the middle gives everything back, and another world goes on`, async () => {
    await using store = new MemoryStore();
    await numbersIn(store, format);
    await using dataset = await tableDataset(store, ["0", "1", "2"], format);
    const options = { shuffle: { block: 10, window: 2, lanes: 4 }, seed: 5 } as const;
    await using loader = createLoader<unknown>(dataset, { ...options, batchSize: 9 });
    const ids: number[] = [];
    for await (const { data } of loader) {
      ids.push(...(data as { id: number }[]).map(({ id }) => id));
      if (ids.length > 30) break;
    }
    assertEquals(store.context.budget.held, 0);
    const state = loader.state();
    for (const rank of [0, 1, 2]) {
      const world = { rank, size: 3 };
      await using rest = createLoader<unknown>(dataset, { ...options, world, batchSize: 5, state });
      ids.push(...await idsOf(rest as AsyncIterable<{ data: readonly unknown[] }>));
    }
    assertEquals(ids.toSorted((a, b) => a - b), ascending(105));
  });
}
