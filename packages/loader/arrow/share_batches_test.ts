import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { ArrowStreamReader } from "@lade/formats/arrow";
import { BytesSource } from "@lade/formats/source";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { filesDataset } from "../datasets/files_dataset.ts";
import { createLoader } from "../loader/create_loader.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";
import {
  datasetColumns,
  shareBatches,
  SharedBuffers,
  type SharedReader,
  STATE_METADATA,
  writeBatches,
} from "./mod.ts";

const ignore = Deno.build.os !== "linux";

/** What a reader says to a line of that path, the `count`th. */
type Answer = (path: string, count: number) => readonly string[];
const atOnce: Answer = (path) => ["next", path];

/** Another process, which it is not: it maps nothing, but reads what lies there. */
class Reader implements SharedReader {
  readonly batches: Uint8Array[] = [];
  readonly lines: string[] = [];
  readonly #answer: Answer;
  readonly #said = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 100 });
  readonly #writer = this.#said.writable.getWriter();
  readonly #reader = this.#said.readable.getReader();

  constructor(answer: Answer = atOnce) {
    this.#answer = answer;
  }

  async read(into: Uint8Array): Promise<number> {
    const { done, value } = await this.#reader.read();
    if (done) throw new Error("gone");
    into.set(value);
    return value.length;
  }

  say(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
    for (let at = 0; at < bytes.length; at += 1000) void this.#writer.write(bytes.subarray(at, at + 1000));
  }

  leave(): void {
    this.#writer.close().catch(() => {});
  }

  write(bytes: Uint8Array): Promise<void> {
    const line = new TextDecoder().decode(bytes).trimEnd();
    this.lines.push(line);
    if (line === "end") return Promise.resolve();
    const [path = "", offset, length] = line.split(" ");
    using file = Deno.openSync(path);
    file.seekSync(Number(offset), Deno.SeekMode.Start);
    const batch = new Uint8Array(Number(length));
    assertEquals(file.readSync(batch), batch.length);
    this.batches.push(batch);
    this.say(...this.#answer(path, this.lines.length));
    return Promise.resolve();
  }
}

interface Share {
  readonly reader: Reader;
  readonly inPlace?: boolean;
  readonly options?: LoaderOptions<unknown>;
  readonly signal?: AbortSignal;
}

/** Shares what a loader gives, and looks whether all is given back. */
async function shared(
  dataset: MapDataset<unknown>,
  { reader, options = {}, inPlace = dataset.fixed !== undefined, signal }: Share,
): Promise<void> {
  const context = createStoreContext();
  try {
    using buffers = new SharedBuffers();
    await using loader = createLoader<unknown>(dataset, {
      epochs: 1,
      context,
      ...options,
      ...(inPlace && { pool: { buffers } }),
    });
    const columns = await datasetColumns(dataset);
    const { budget } = context;
    await shareBatches(loader, columns, { buffers, reader, budget, ...(signal && { signal }) });
  } finally {
    assertEquals(context.budget.held, 0);
    reader.leave();
  }
}

/** The messages of a stream's batches. */
async function messagesIn(bytes: Uint8Array) {
  const { messages } = await ArrowStreamReader.open(new BytesSource(bytes, "memory://s")).then((reader) => ({
    messages: reader.messages(),
  }));
  return await Array.fromAsync(messages);
}

for (const files of SAMPLE_FILES) {
  Deno.test({
    name: `shareBatches: ${files.name} are the bytes that a stream has`,
    ignore,
    fn: async () => {
      const store = new MemoryStore();
      await files.write(store, 50);
      await using dataset = await files.open(store);
      const options = { shuffle: "full", seed: 3, batchSize: 7 } as const;
      const chunks: Uint8Array[] = [];
      await using loader = createLoader<unknown>(dataset, { ...options, epochs: 1 });
      await writeBatches(loader, await datasetColumns(dataset), async (bytes) => {
        await Promise.resolve(chunks.push(bytes.slice()));
      });
      const whole = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
      const own = await messagesIn(whole);
      for (const inPlace of [true, false]) {
        const reader = new Reader();
        await shared(dataset, { reader, options, inPlace });
        assertEquals(reader.lines.at(-1), "end");
        assertEquals(reader.batches.length, 8);
        for (const [place, bytes] of reader.batches.entries()) {
          const [message] = await messagesIn(bytes);
          const of = own[place];
          assert(message && of);
          assertEquals(message.message.metadata, of.message.metadata);
          // The schema is before both, and the end behind.
          const { offset } = message;
          const length = bytes.length - 8 - offset;
          assertEquals(
            bytes.subarray(offset, offset + length),
            whole.subarray(of.offset, of.offset + length),
          );
        }
      }
    },
  });
}

Deno.test({
  name: "shareBatches: rows are read where the reader maps them, and nowhere else",
  ignore,
  fn: async () => {
    const dataset = numbersDataset(await numbersStore(4000), 4000);
    const columns = await datasetColumns(dataset);
    using buffers = new SharedBuffers();
    await using loader = createLoader<unknown>(dataset, {
      batchSize: 100,
      epochs: 1,
      pool: { buffers, batchesAhead: 1 },
    });
    const paths: (string | undefined)[] = [];
    const seen = {
      ...columns,
      tableOf: (data: unknown) => {
        paths.push(buffers.placeOf((data as { data: Int32Array }).data.buffer)?.path);
        return columns.tableOf(data);
      },
    };
    const reader = new Reader();
    await shareBatches(loader, seen, { buffers, reader, budget: createStoreContext().budget });
    reader.leave();
    assertEquals(reader.lines.slice(0, -1).map((line) => line.split(" ")[0]), paths);
    // What comes back is used again.
    assert(new Set(paths).size <= 6, `${new Set(paths).size} buffers`);
  },
});

Deno.test({
  name: "shareBatches: a batch that the reader holds stays as it is, and two at most wait for it",
  ignore,
  fn: async () => {
    const dataset = numbersDataset(await numbersStore(400), 400);
    const held = new Reader(() => ["next"]);
    await shared(dataset, { reader: held, options: { batchSize: 10 } });
    assertEquals(new Set(held.lines).size, 41);
    const columns = await datasetColumns(dataset);
    const still = new Reader(() => []);
    const budget = createStoreContext().budget;
    using buffers = new SharedBuffers();
    await using loader = createLoader<unknown>(dataset, { batchSize: 10, epochs: 1, pool: { buffers } });
    const sharing = shareBatches(loader, columns, { buffers, reader: still, budget });
    for (let steps = 3; steps <= 40; steps++) {
      while (loader.stats().steps < steps) await new Promise((resolve) => setTimeout(resolve));
      assertEquals(still.lines.length, steps - 1);
      still.say("next");
    }
    still.say("next", "next");
    await sharing;
    still.leave();
    assertEquals([still.lines.at(-1), budget.held], ["end", 0]);
  },
});

Deno.test({
  name: "shareBatches: a rank without samples has an empty batch",
  ignore,
  fn: async () => {
    const dataset = numbersDataset(await numbersStore(7), 7);
    const reader = new Reader();
    await shared(dataset, { reader, options: { batchSize: 2, world: { rank: 2, size: 3 } } });
    const rows: number[] = [];
    for (const bytes of reader.batches) {
      for (const { message } of await messagesIn(bytes)) {
        rows.push(message.kind === "batch" ? message.batch.rows : NaN);
      }
    }
    assertEquals([rows, reader.lines.at(-1)], [[2, 0], "end"]);
  },
});

Deno.test({
  name: "shareBatches: a failure comes after the batches before it have been taken, and there is no end",
  ignore,
  fn: async () => {
    const memory = new MemoryStore();
    for (let i = 0; i < 12; i++) await memory.put(`files/${i % 10}${i}`, new Uint8Array(5000).fill(i));
    const dataset = await filesDataset(memory, "files/");
    const [gone = ""] = [(await Array.fromAsync(memory.list("files/")))[9]?.key];
    await memory.delete(gone);
    const reader = new Reader(() => []);
    const sharing = shared(dataset, { reader, options: { batchSize: 4 } });
    let isOver = false;
    const failing = assertRejects(() => sharing, Error, gone).finally(() => isOver = true);
    while (reader.lines.length < 2) await new Promise((resolve) => setTimeout(resolve));
    assertEquals(isOver, false);
    reader.say("next", "next");
    const failed = await failing;
    assertEquals([failed.name, reader.lines.includes("end")], ["SampleError", false]);
    const [, second] = await Promise.all(reader.batches.map(messagesIn));
    assertEquals(JSON.parse(second?.[0]?.message.metadata[STATE_METADATA] ?? "").position, 8);
  },
});

Deno.test({
  name: "shareBatches: a reader that goes, or says what makes no sense, and an abort end it",
  ignore,
  fn: async () => {
    const dataset = numbersDataset(await numbersStore(400), 400);
    const options = { batchSize: 10 };
    const leaving = new Reader(() => []);
    const going = assertRejects(() => shared(dataset, { reader: leaving, options }), Error, "gone");
    leaving.leave();
    await going;
    const nonsense = { end: '"end"', "/proc/self/fd/1": "neither", ["x".repeat(9000)]: "without an end" };
    for (const [word, says] of Object.entries(nonsense)) {
      const odd = new Reader(() => []);
      odd.say(word);
      await assertRejects(() => shared(dataset, { reader: odd, options }), TypeError, says);
    }
    const twice = new Reader((path) => ["next", path, path]);
    await assertRejects(() => shared(dataset, { reader: twice, options }), TypeError, "neither");
    const controller = new AbortController();
    const silent = new Reader((_, count) => {
      if (count === 2) controller.abort(new Error("stop"));
      return [];
    });
    await assertRejects(
      () => shared(dataset, { reader: silent, options, signal: controller.signal }),
      Error,
      "stop",
    );
  },
});

Deno.test({
  name: "SharedBuffers: what is given back is empty and used again, and what there is no memory for is told",
  ignore,
  fn: () => {
    using buffers = new SharedBuffers();
    const first = buffers.take(20_000);
    const place = buffers.placeOf(first.buffer);
    assert(place && first.byteOffset % 64 === 0);
    first.fill(7);
    buffers.give(first.buffer);
    assertEquals([first.length, buffers.placeOf(first.buffer)], [0, undefined]);
    assertThrows(() => buffers.give(first.buffer), TypeError, "not out");
    const again = buffers.take(19_000);
    assertEquals([buffers.placeOf(again.buffer)?.path, again[0]], [place.path, 7]);
    assertThrows(() => buffers.take(2 ** 52), RangeError, "there is no shared memory of");
    assertEquals(Deno.statSync(place.path).size, place.size);
    assertEquals(Deno.readLinkSync(place.path), "/memfd:lade (deleted)");
    buffers[Symbol.dispose]();
    assertEquals(again.length, 0);
    assertThrows(() => Deno.readLinkSync(place.path), Deno.errors.NotFound);
  },
});
