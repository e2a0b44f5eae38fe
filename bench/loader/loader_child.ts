/**
 * Does one piece of work twice and prints what the second time took: `loader_child.ts WORK URI TOTAL BATCH [ARGUMENT]`.
 *
 * - `full`, `blocks`, `order`: goes through the data set of a URI in batches, shuffled in this way or not at all
 * - `transform0`, `transform1`, `transform2`: goes through TOTAL samples, each transformed by a module in so many workers
 * - `quick0`, `quick2`: the same by a function, or in 2 workers, and a quick one; `slow0`, `slow1`, `slow2`: by one that computes
 * - `calls`: the system calls of a safe read of each file, into one buffer, and nothing else
 * - `into`: core's `readInto` of each object, 16 at a time, into one buffer
 * - `chunks`: core's `readChunks` of each object
 * - `compute`: full, with a step of ARGUMENT milliseconds for each batch; prints that share of the time, first batch apart
 * - `indices`: the first TOTAL of 10^9 indices, fully shuffled; `first`: one of them, BATCH times
 * - `fresh`, `resumed`: the first batch of 10^8 samples, from the start, or from the middle of one rank
 */
import { readChunks, readInto } from "../../packages/core/mod.ts";
import { dataset, Lade } from "../../packages/lade/mod.ts";
import {
  createLoader,
  type DataLoader,
  type LoaderState,
  type MapDataset,
  shuffled,
} from "../../packages/loader/mod.ts";
import { runTwice } from "../run_twice.ts";

const [work = "", uri = "", ...numbers] = Deno.args;
const [total = 0, batchSize = 0, argument = 0] = numbers.map(Number);
const SHUFFLES = { full: "full", blocks: true, order: false } as const;

/** Bytes of a batch's samples, whatever they are. */
function bytesIn(data: unknown): number {
  if (ArrayBuffer.isView(data)) return data.byteLength;
  if (Array.isArray(data)) return data.reduce<number>((sum, each) => sum + bytesIn(each), 0);
  const { bytes, fields, data: numbers } = data as Record<string, unknown>;
  return bytesIn(bytes ?? numbers ?? Object.values(fields as object));
}

function check(bytes: number): void {
  if (bytes !== total) throw new Error(`${work} read ${bytes} bytes of ${total}`);
}

const lade = new Lade();
let opened: MapDataset<unknown> | undefined;

async function open(): Promise<MapDataset<unknown>> {
  const kind = uri.endsWith("npy/") ? { kind: "arrays" as const } : {};
  return opened ??= await dataset(uri, { lade, ...kind }) as MapDataset<unknown>;
}

let loader: DataLoader<unknown> | undefined;

/** An epoch of the one loader, as of a training. With a step, gives all its time as a multiple of that which computes. */
async function goThrough(shuffle: keyof typeof SHUFFLES, computeMs = 0): Promise<number> {
  loader ??= createLoader(await open(), { batchSize, shuffle: SHUFFLES[shuffle], seed: 1 });
  const before = loader.stats();
  let bytes = 0;
  for await (const { data } of loader) {
    bytes += bytesIn(data);
    if (computeMs > 0) await new Promise((resolve) => setTimeout(resolve, computeMs));
  }
  check(bytes);
  const { busyMs, waitMs } = loader.stats();
  return 1 + (waitMs - before.waitMs) / (busyMs - before.busyMs);
}

/** An epoch of the one loader, with a transformation that computes. */
async function transformed(workers: number): Promise<void> {
  const transform = { module: new URL("./busy_transform.ts", import.meta.url), export: "busy" };
  loader ??= createLoader(await open(), { batchSize, shuffle: true, seed: 1, transform, pool: { workers } });
  let samples = 0;
  for await (const { size } of loader) samples += size;
  check(samples);
}

/** An epoch of the one loader over small samples, transformed by a function of this thread, or by workers. */
async function tiny(name: "quick" | "slow", workers: number): Promise<void> {
  const module = new URL("./tiny_transform.ts", import.meta.url);
  const transform = workers > 0 ? { module, export: name } : (await import("./tiny_transform.ts"))[name];
  const options = { batchSize, shuffle: true, seed: 1, pool: { workers } };
  loader ??= createLoader(await open() as MapDataset<Uint8Array>, { ...options, transform });
  let samples = 0;
  for await (const { size } of loader) samples += size;
  check(samples);
}

async function keys() {
  const { store, key: prefix } = await lade.locate(uri);
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) if (!key.endsWith(".idx")) keys.push(key);
  return { store, keys };
}

const directory = uri.slice("file://".length);
const names = work === "calls" ? [...Deno.readDirSync(directory)].map(({ name }) => name).sort() : [];
let buffer: Uint8Array | undefined;

function calls(): Promise<void> {
  const size = total / names.length;
  buffer ??= new Uint8Array(batchSize * size);
  for (const [place, name] of names.entries()) {
    const path = directory + name, at = place % batchSize * size;
    const target = buffer.subarray(at, at + size);
    Deno.lstatSync(path);
    using file = Deno.openSync(path);
    file.statSync();
    for (let done = 0; done < size;) done += file.readSync(target.subarray(done)) ?? Infinity;
  }
  return Promise.resolve();
}

async function into(): Promise<void> {
  const { store, keys: all } = await keys();
  buffer ??= new Uint8Array(batchSize * total / all.length + batchSize * 4096);
  const each = buffer.length / batchSize;
  let bytes = 0;
  for (let from = 0; from < all.length; from += batchSize) {
    await Promise.all(
      all.slice(from, from + batchSize).map(async (key, place) => {
        const target = buffer?.subarray(place * each, (place + 1) * each) ?? new Uint8Array(0);
        const { range } = await readInto(store, key, target);
        bytes += range.length;
      }),
    );
  }
  if (bytes < total) throw new Error(`${bytes} bytes were read of ${total}`);
}

async function chunks(): Promise<void> {
  const { store, keys: all } = await keys();
  let bytes = 0;
  for (const key of all) for await (const chunk of await readChunks(store, key)) bytes += chunk.length;
  if (bytes < total) throw new Error(`${bytes} bytes were read of ${total}`);
}

/** A data set that has nothing to read. */
function numbered(length: number): MapDataset<number> {
  const dispose = () => Promise.resolve();
  const get = (index: number) => Promise.resolve(index);
  return { length, fingerprint: "numbered", uri: "memory://numbered/", get, [Symbol.asyncDispose]: dispose };
}

async function firstBatch(state?: LoaderState): Promise<void> {
  const world = { rank: 2, size: 6 };
  const options = {
    globalBatchSize: 3072,
    shuffle: "full",
    seed: 1,
    world,
    ...(state && { state }),
  } as const;
  await using loader = createLoader(numbered(1e8), options);
  for await (const _ of loader) break;
}

async function middle(): Promise<LoaderState> {
  await using loader = createLoader(numbered(1e8), { globalBatchSize: 3072, shuffle: "full", seed: 1 });
  loader.seek({ step: Math.floor(loader.stepsPerEpoch / 2) });
  return loader.state();
}

const OFTEN = 50;
async function often(once: () => Promise<void>): Promise<void> {
  for (let time = 0; time < OFTEN; time++) await once();
}

const works: Record<string, () => Promise<unknown>> = {
  full: () => goThrough("full"),
  blocks: () => goThrough("blocks"),
  order: () => goThrough("order"),
  transform0: () => transformed(0),
  transform1: () => transformed(1),
  transform2: () => transformed(2),
  quick0: () => tiny("quick", 0),
  quick2: () => tiny("quick", 2),
  slow0: () => tiny("slow", 0),
  slow1: () => tiny("slow", 1),
  slow2: () => tiny("slow", 2),
  calls,
  into,
  chunks,
  indices() {
    const sampler = shuffled(1e9, 1, 0);
    let sum = 0;
    for (let position = 0; position < total; position++) sum += sampler.at(position);
    return Promise.resolve(sum);
  },
  first() {
    for (let time = 0; time < batchSize; time++) shuffled(1e9, time, 0).at(time);
    return Promise.resolve();
  },
  fresh: () => often(() => firstBatch()),
  resumed: async () => {
    const state = await middle();
    await often(() => firstBatch(state));
  },
};

if (work === "compute") {
  await goThrough("full");
  console.log(JSON.stringify({ seconds: await goThrough("full", argument) }));
} else {
  const chosen = works[work];
  if (!chosen) throw new Error(`Cannot do ${work}: known are ${Object.keys(works).join(", ")}, compute`);
  await runTwice(chosen);
}
await loader?.[Symbol.asyncDispose]();
await lade[Symbol.asyncDispose]();
