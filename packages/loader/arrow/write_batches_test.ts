import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { BytesSource } from "@lade/formats/source";
import { type Column, hasValue, type TableBatch, valueAt } from "@lade/formats/table";
import { filesDataset } from "../datasets/files_dataset.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { createLoader } from "../loader/create_loader.ts";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { ascending } from "../testing/range_dataset.ts";
import { SAMPLE_FILES, type SampleFiles } from "../testing/sample_files.ts";
import { BATCH_METADATA, datasetColumns, STATE_METADATA, writeBatches } from "./mod.ts";

interface Streamed {
  readonly table: TableBatch;
  readonly state: LoaderState;
  readonly note: unknown;
}

/** Writes what a loader gives, in pieces that are kept. */
async function written(
  dataset: MapDataset<unknown>,
  options: LoaderOptions<unknown>,
  chunks: Uint8Array[] = [],
): Promise<Uint8Array> {
  const columns = await datasetColumns(dataset);
  await using loader = createLoader<unknown>(dataset, { epochs: 1, ...options });
  await writeBatches(loader, columns, (bytes) => Promise.resolve(chunks.push(bytes.slice())));
  return joined(chunks);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
}

/** What a stream holds; all that was whole comes before its failure, in `batches`. */
async function read(bytes: Uint8Array, batches: Streamed[] = []): Promise<Streamed[]> {
  const source = () => new BytesSource(bytes, "memory://stream");
  const told = await ArrowStreamReader.open(source());
  const tables = (await ArrowStreamReader.open(source())).scan();
  for await (const { message } of told.messages()) {
    if (message.kind !== "batch") throw new TypeError(`a ${message.kind} came`);
    // A scan passes over batches without rows.
    const table = message.batch.rows > 0
      ? (await tables.next()).value
      : { schema: told.schema, rows: 0, columns: [] };
    const { [STATE_METADATA]: state = "", [BATCH_METADATA]: note = "" } = message.metadata;
    if (table) batches.push({ table, state: JSON.parse(state), note: JSON.parse(note) });
  }
  assertEquals((await tables.next()).done, true);
  return batches;
}

/** The samples of a batch as the data set has them. */
function samplesIn({ rows, columns }: TableBatch, { name }: SampleFiles): unknown[] {
  const column = (name: string) => columns.find(({ field }) => field.name === name);
  const bytes = (column: Column | undefined, row: number) =>
    column && hasValue(column, row) ? valueAt(column, row) as Uint8Array : undefined;
  return Array.from({ length: rows }, (_, row) => {
    const [key, data] = [column("key"), column("data")];
    if (name === "files") return { key: key && valueAt(key, row), bytes: bytes(column("bytes"), row) };
    if (name === "tfrecord") return bytes(column("bytes"), row);
    if (name === "npy rows") {
      return { shape: [2, 3], data: Int32Array.from((data && valueAt(data, row)) as number[]) };
    }
    if (name === "zarr rows") {
      return { shape: [3], data: Int32Array.from((data && valueAt(data, row)) as number[]) };
    }
    if (name === "safetensors rows") {
      const array = (name: string) => {
        const found = column(name);
        return { shape: [2], data: (found && valueAt(found, row)) as number[] };
      };
      return { low: array("low"), id: array("id") };
    }
    if (name === "parquet rows" || name === "arrow rows") {
      return Object.fromEntries(columns.map((column) => [column.field.name, valueAt(column, row)]));
    }
    const fields = columns.filter((other) => other !== key).map((
      other,
    ) => [other.field.name, bytes(other, row)]);
    return { key: key && valueAt(key, row), fields: Object.fromEntries(fields) };
  });
}

for (const files of SAMPLE_FILES) {
  Deno.test(`writeBatches: ${files.name} come as the loader has them, and are gone on with by another world`, async () => {
    const store = new MemoryStore();
    await files.write(store, 50);
    await using dataset = await files.open(store);
    const options = { shuffle: "full", seed: 3 } as const;
    const own: number[] = [];
    await using loader = createLoader<unknown>(dataset, {
      ...options,
      batchSize: 7,
      epochs: 1,
      transform: files.idOf,
    });
    for await (const { data } of loader) own.push(...data as number[]);
    const batches = await read(await written(dataset, { ...options, batchSize: 7 }));
    const ids = batches.map(({ table }) => samplesIn(table, files).map(files.idOf));
    assertEquals(ids.flat(), own);
    for (const [place, { state, note }] of batches.entries()) {
      assertEquals(note, { epoch: 0, step: place, padding: 0, skipped: 0 });
      assertEquals(state.position, Math.min((place + 1) * 7, 50));
      if (place % 3 !== 1) continue;
      const rest: number[] = [];
      for (let rank = 0; rank < 3; rank++) {
        const world = { rank, size: 3 };
        for (
          const { table } of await read(await written(dataset, { ...options, world, state, batchSize: 4 }))
        ) {
          rest.push(...samplesIn(table, files).map(files.idOf));
        }
      }
      assertEquals([...ids.slice(0, place + 1).flat(), ...rest].sort((a, b) => a - b), ascending(50));
    }
  });
}

Deno.test("writeBatches: epochs follow one another; padded and empty batches are told", async () => {
  const dataset = numbersDataset(await numbersStore(7), 7);
  const padded = await read(await written(dataset, { batchSize: 4, remainder: "pad", epochs: 2 }));
  assertEquals(padded.map(({ note }) => note), [
    { epoch: 0, step: 0, padding: 0, skipped: 0 },
    { epoch: 0, step: 1, padding: 1, skipped: 0 },
    { epoch: 1, step: 0, padding: 0, skipped: 0 },
    { epoch: 1, step: 1, padding: 1, skipped: 0 },
  ]);
  const short = await read(await written(dataset, { batchSize: 2, world: { rank: 2, size: 3 } }));
  assertEquals(short.map(({ table: { rows } }) => rows), [2, 0]);
  const { state } = padded.at(-1) ?? {};
  assert(state);
  const over = await written(dataset, { batchSize: 4, remainder: "pad", epochs: 2, state });
  assertEquals(await read(over), []);
});

Deno.test("writeBatches: rows are written from the batch's memory, which is theirs until they are written", async () => {
  const dataset = numbersDataset(await numbersStore(4000), 4000);
  const columns = await datasetColumns(dataset);
  const memories: ArrayBufferLike[] = [];
  const seen = {
    ...columns,
    tableOf: (data: unknown) => {
      memories.push((data as { data: Int32Array }).data.buffer);
      return columns.tableOf(data);
    },
  };
  await using loader = createLoader<unknown>(dataset, { batchSize: 2000, epochs: 1 });
  let bodies = 0;
  await writeBatches(loader, seen, async (bytes) => {
    const isBody = memories.includes(bytes.buffer);
    await new Promise((resolve) => setTimeout(resolve));
    if (isBody) bodies++;
    // The last bytes go out with the mark of the next message.
    assertEquals(isBody, bytes.length === 2000 * 16 - 64);
    assert(bytes.buffer.byteLength > 0);
  });
  assertEquals(bodies, 2);
});

Deno.test("writeBatches: what is cut ends in the middle of a message, wherever it is", async () => {
  const files = SAMPLE_FILES[0];
  assert(files);
  const memory = new MemoryStore();
  await files.write(memory, 12);
  const listed = await filesDataset(memory, "files/");
  await memory.delete("files/000009");
  const chunks: Uint8Array[] = [];
  const failed = await assertRejects(() => written(listed, { batchSize: 4 }, chunks), Error, "files/000009");
  assertEquals(failed.name, "SampleError");
  const batches: Streamed[] = [];
  await assertRejects(() => read(joined(chunks), batches), Error, "ends");
  assertEquals(batches.map(({ table: { rows } }) => rows), [4, 4]);
  assertEquals([...joined(chunks).slice(-4)], [255, 255, 255, 255]);
  // Whichever write was the last one, it does not end where a message does.
  const boundaries = new Set<number>();
  const whole = await ArrowStreamReader.open(
    new BytesSource(await written(listed, { batchSize: 3, epochs: 0 }), "memory://s"),
  );
  assertEquals(await Array.fromAsync(whole.messages()), []);
  const ends = new BytesSource(joined([...chunks, Uint8Array.of(0, 0, 0, 0)]), "memory://s");
  for await (const { offset } of (await ArrowStreamReader.open(ends)).messages()) boundaries.add(offset);
  assertEquals(boundaries.size, 2);
  let end = 0;
  for (const { length } of chunks) assert(!boundaries.has(end += length));
  // The state behind the last batch points at the one that failed.
  assertEquals(batches.at(-1)?.state.position, 8);
});

Deno.test("writeBatches: a reader that has gone ends the loop", async () => {
  const store = await numbersStore(40);
  const dataset = numbersDataset(store, 40);
  await using loader = createLoader<unknown>(dataset, { batchSize: 4, epochs: 1 });
  let writes = 0;
  const gone = new Error("gone");
  const writing = writeBatches(
    loader,
    await datasetColumns(dataset),
    () => ++writes > 3 ? Promise.reject(gone) : Promise.resolve(),
  );
  assertEquals(await assertRejects(() => writing), gone);
  // The loop is over: another one may begin.
  let batches = 0;
  for await (const _ of loader) batches++;
  assert(batches > 0);
});

Deno.test("writeBatches: a data set without samples is a stream without columns", async () => {
  const dataset = await filesDataset(new MemoryStore(), "none/");
  assertEquals(await read(await written(dataset, { epochs: Infinity, allowEmpty: true })), []);
});
