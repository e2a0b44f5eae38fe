import { createStoreContext, type ObjectStore } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type FileSample, filesDataset } from "../datasets/files_dataset.ts";
import { createLoader } from "../loader/create_loader.ts";
import type { DataLoader } from "../loader/data_loader.ts";
import type { LoaderOptions } from "../config/loader_options.ts";

const FILES = 88;
const BATCH = 4;
/** Enough for a reader, of files that are small enough; some are odd. */
const SIZES = Array.from(
  { length: FILES },
  (_, id) => id % 11 === 3 ? [0, 1, 4097][id % 3] ?? 0 : 1_000_000 - id,
);

interface Ground {
  readonly directory: string;
  /** Another view of the same files, for which each call is a quick one. */
  open(): Promise<ObjectStore>;
}

async function withFiles(work: (ground: Ground) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "lade-" });
  try {
    for (const [id, size] of SIZES.entries()) {
      const bytes = new Uint8Array(size).fill(id);
      await Deno.writeFile(`${directory}/${id % 2 === 0 ? "" : "in/"}${pad(id)}`, bytes).catch(async () => {
        await Deno.mkdir(`${directory}/in`);
        await Deno.writeFile(`${directory}/in/${pad(id)}`, bytes);
      });
    }
    const open = () => openFileStore(directory, { context: createStoreContext({ clock: new FakeClock() }) });
    await work({ directory, open });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const pad = (id: number) => String(id).padStart(4, "0");

/** Does `work` where `LADE_LANES` is `lanes`, for this file of tests alone: those that run meanwhile have the same process. */
function withLanes<T>(lanes: 0 | undefined, work: () => T): T {
  const { get } = Deno.env;
  if (lanes === 0) Deno.env.get = (name) => name === "LADE_LANES" ? "0" : get.call(Deno.env, name);
  try {
    return work();
  } finally {
    Deno.env.get = get;
  }
}

/** A loader over the files; without a second thread where `lanes` is 0. */
async function load(store: ObjectStore, lanes?: 0, more: LoaderOptions<FileSample> = { shuffle: "full" }) {
  const dataset = await filesDataset(store, "");
  return { loader: withLanes(lanes, () => createLoader(dataset, { batchSize: BATCH, seed: 5, ...more })) };
}

/** Whether it is asked for when the loop begins. */
async function* batches<B>(loader: DataLoader<B>, lanes?: 0) {
  const iterator = withLanes(lanes, () => loader[Symbol.asyncIterator]());
  try {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      yield next.value;
      // Work of the caller, in which messages of the thread come in.
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
    }
  } finally {
    await iterator.return?.();
  }
}

/** What an epoch gave: keys, sizes, whether each byte is right, and failures in words. */
async function epoch(loader: DataLoader<readonly FileSample[]>, lanes?: 0, onBatch = (_step: number) => {}) {
  const seen: string[] = [];
  for await (const { data, step, skipped } of batches(loader, lanes)) {
    for (const { key, bytes } of data) {
      const id = Number(key.slice(-4));
      const isRight = bytes.length === SIZES[id] && bytes.every((byte) => byte === id);
      seen.push(`${step} ${key} ${bytes.byteOffset % 64 === 48 % 64 ? "" : "un"}aligned ${isRight}`);
    }
    for (const { index, uri, cause } of skipped) {
      seen.push(
        `${step} ${index} ${uri} ${cause instanceof Error ? `${cause.name}: ${cause.message}` : cause}`,
      );
    }
    onBatch(step);
  }
  return seen;
}

/** Goes through epochs until the second thread has read once more. */
async function untilRead(loader: DataLoader<readonly FileSample[]>): Promise<void> {
  const before = loader.stats().readerBytes;
  for (let time = 0; time < 50 && loader.stats().readerBytes === before; time++) await epoch(loader);
  assert(loader.stats().readerBytes > before, "the second thread read nothing");
}

Deno.test("a second thread changes neither what comes, nor its order, nor what is counted", async () => {
  await withFiles(async ({ open }) => {
    const [store, other] = [await open(), await open()];
    const { loader } = await load(store);
    await using _ = loader;
    await untilRead(loader);
    const number = loader.epoch;
    const before = loader.stats();
    const seen = await epoch(loader);
    const stats = loader.stats().since(before);
    const { loader: alone } = await load(other, 0);
    await using _alone = alone;
    alone.seek({ epoch: number });
    const start = alone.stats();
    assertEquals(seen, await epoch(alone, 0));
    const plain = alone.stats().since(start);
    for (const name of ["steps", "samples", "skipped", "bytes", "bytesRead", "reads"] as const) {
      assertEquals(stats[name], plain[name], name);
    }
    assertEquals([plain.readerBytes, plain.readers], [0, 0]);
    assert(stats.readerBytes <= stats.bytesRead);
    const perEpoch = SIZES.reduce((sum, size) => sum + size, 0);
    assertEquals(store.figures?.().bytesRead, perEpoch * (number + 1));
  });
});

Deno.test("what is wrong with a file is found out by the first thread, in the same words", async () => {
  await withFiles(async ({ directory, open }) => {
    const { loader } = await load(await open(), undefined, { shuffle: "full", onError: "skip" });
    const { loader: alone } = await load(await open(), 0, { shuffle: "full", onError: "skip" });
    await using _ = loader;
    await using _alone = alone;
    await untilRead(loader);
    const number = loader.epoch;
    // The order of the epoch, of which the last batches are not read ahead when the first is handed out.
    alone.seek({ epoch: number });
    const order = (await epoch(alone, 0)).map((line) => line.split(" ")[1] ?? "");
    const paths = order.slice(60).filter((key) => (SIZES[Number(key.slice(-4))] ?? 0) > 5000)
      .map((key) => `${directory}/${key}`);
    const [gone = "", short = "", long = "", other = "", link = "", folder = ""] = paths;
    const spoil = () => {
      Deno.removeSync(gone);
      Deno.truncateSync(short, 1000);
      Deno.writeFileSync(long, new Uint8Array(10), { append: true });
      // As many bytes, in a file of another number.
      Deno.writeFileSync(`${other}~`, Deno.readFileSync(other).fill(0));
      Deno.renameSync(`${other}~`, other);
      Deno.renameSync(link, `${directory}/elsewhere`);
      Deno.symlinkSync(`${directory}/elsewhere`, link);
      Deno.removeSync(folder);
      Deno.mkdirSync(folder);
    };
    const seen = await epoch(loader, undefined, (step) => step === 0 && spoil());
    alone.seek({ epoch: number });
    assertEquals(seen, await epoch(alone, 0));
    assertEquals(seen.filter((line) => line.includes(" file://")).length, 5, seen.join("\n"));
    assertEquals(loader.stats().skipped, 5);
  });
});

Deno.test("no second thread, and no memory, is left by a loop that is left, fails or is aborted", async () => {
  await withFiles(async ({ open }) => {
    const store = await open();
    const stop = new AbortController();
    const { loader } = await load(store, undefined, { shuffle: "full", signal: stop.signal });
    const check = (how: string) =>
      assertEquals([loader.stats().readers, store.context.budget.held], [0, 0], how);
    await untilRead(loader);
    for await (const _ of loader) break;
    check("break");
    await untilRead(loader);
    await assertRejects(
      async () => {
        for await (const _ of loader) throw new Error("mine");
      },
      Error,
      "mine",
    );
    check("throw");
    await untilRead(loader);
    await assertRejects(
      async () => {
        for await (const _ of loader) stop.abort(new Error("enough"));
      },
      Error,
      "enough",
    );
    check("abort");
    await loader[Symbol.asyncDispose]();
    const { loader: last } = await load(store);
    await untilRead(last);
    await last[Symbol.asyncDispose]();
    assertEquals([last.stats().readers, store.context.budget.held], [0, 0]);
  });
});

Deno.test("there is no second thread for little, with one's own number of batches ahead, or where LADE_LANES is 0", async () => {
  await withFiles(async ({ open }) => {
    const store = await open();
    for (
      const [lanes, options] of [
        [0, {}],
        [undefined, { pool: { batchesAhead: 2 } }],
        [undefined, { samplesPerEpoch: 60, weights: new Array(FILES).fill(1) }],
      ] as const
    ) {
      const { loader } = await load(store, lanes, options);
      await using _ = loader;
      for (let time = 0; time < 3; time++) await epoch(loader, lanes);
      assertEquals([loader.stats().readers, loader.stats().readerBytes], [0, 0]);
    }
  });
});
