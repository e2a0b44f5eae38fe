/**
 * Measures one thing of checkpoints and prints it as JSON: `bounds_child.ts WORK URI`.
 */
import { cpuUsage } from "node:process";
import { type Checkpoints, openCheckpoints, type TensorPiece } from "@lade/checkpoint";
import { createStoreContext, MemoryStore } from "@lade/core";
import { checkpoints } from "../../packages/lade/checkpoints.ts";
import { Lade } from "../../packages/lade/mod.ts";
import { makeModel, MODEL_BYTES } from "./model.ts";

const [work = "", uri = ""] = Deno.args;
const RANKS = 1024;

function openLade(maxBufferedBytes?: number): Lade {
  const context = createStoreContext(maxBufferedBytes === undefined ? {} : { maxBufferedBytes });
  return new Lade({ context, config: { file: { sync: "full" } } });
}

const works: Record<string, () => Promise<object>> = {
  /** From the call to the moment from which memory may change, everything being copied, of a second save. */
  async snapshot() {
    await using lade = openLade(4 * MODEL_BYTES);
    await using series = await checkpoints(uri, { lade, snapshotBytes: MODEL_BYTES });
    const tensors = makeModel();
    await series.save(0, { tensors }).committed;
    const [before, startMs] = [cpuUsage(), performance.now()];
    const save = series.save(1, { tensors });
    await save.snapshot;
    const measured = since(before, startMs);
    await save.committed;
    return measured;
  },
  memcpy() {
    const tensors = makeModel();
    const copies = tensors.map(({ data }) => data.slice());
    const [before, startMs] = [cpuUsage(), performance.now()];
    for (const [place, { data }] of tensors.entries()) copies[place]?.set(data);
    return Promise.resolve(since(before, startMs));
  },
  /** What a save takes of memory, besides the tensors. */
  memory: () => peakOf(undefined),
  "memory-quarter": () => peakOf(MODEL_BYTES / 4),
  /** The last of many ranks, which makes the checkpoint of all. */
  async commit() {
    await using store = new MemoryStore();
    const open = (rank: number) =>
      openCheckpoints(store, "series", { run: "r", worldSize: RANKS, rank, patienceMs: 0 });
    for (let rank = 1; rank < RANKS; rank++) {
      const { written, committed } = (await open(rank)).save(0, { tensors: [] });
      await written;
      await committed.catch(() => {});
    }
    const last = await open(0);
    const [before, startMs] = [cpuUsage(), performance.now()];
    const { worldSize } = await last.save(0, { tensors: [] }).committed;
    if (worldSize !== RANKS) throw new Error(`Cannot count: ${worldSize} ranks`);
    return since(before, startMs);
  },
  "reshard-rows": () => reshard("rows"),
  "reshard-columns": () => reshard("columns"),
};

async function peakOf(snapshotBytes: number | undefined): Promise<object> {
  await using lade = openLade(snapshotBytes && 4 * snapshotBytes);
  await using series = await checkpoints(uri, {
    lade,
    ...(snapshotBytes !== undefined && { snapshotBytes }),
  });
  const tensors = makeModel();
  // What is loaded with the first save is none of it.
  await series.save(0, { tensors: [{ name: "one", dtype: "uint8", shape: [1], data: new Uint8Array(1) }] })
    .committed;
  // The peak counts from here.
  await Deno.writeTextFile("/proc/self/clear_refs", "5");
  const held = statusBytes("VmRSS");
  const [before, startMs] = [cpuUsage(), performance.now()];
  await series.save(1, { tensors }).committed;
  return { ...since(before, startMs), peakBytes: statusBytes("VmHWM") - held };
}

/** Loads an eighth of each matrix: rows of what one rank saved, or columns of what four ranks had saved by columns. */
async function reshard(by: "rows" | "columns"): Promise<object> {
  await using lade = openLade();
  const worldSize = by === "rows" ? 1 : 4;
  const options = { lade, run: "r", worldSize };
  const ranks: Checkpoints[] = [];
  for (let rank = 0; rank < worldSize; rank++) ranks.push(await checkpoints(uri, { ...options, rank }));
  const matrices = makeModel().filter(({ shape }) => shape[0] === 4096);
  const columns = 4096 / worldSize;
  const pieces = (rank: number): TensorPiece[] =>
    matrices.map(({ name, dtype, data }) => ({
      ...{ name, dtype, globalShape: [4096, 4096], shape: [4096, columns], offsets: [0, rank * columns] },
      data: data.subarray(0, 4096 * columns),
    }));
  await Promise.all(ranks.map((series, rank) => series.save(0, { tensors: pieces(rank) }).committed));
  const part = by === "rows"
    ? { offsets: [1024, 0], shape: [512, 4096] }
    : { offsets: [0, 1024], shape: [4096, 512] };
  const targets = matrices.map(({ name }) => ({ name, ...part, data: new Float32Array(512 * 4096) }));
  await using series = await checkpoints(uri, { lade, readOnly: true });
  await using checkpoint = await series.open("latest");
  await checkpoint.load(targets);
  const [before, startMs] = [cpuUsage(), performance.now()];
  const { bytes, bytesRead } = await checkpoint.load(targets);
  return { ...since(before, startMs), bytes, share: bytesRead / checkpoint.info.bytes };
}

function statusBytes(field: string): number {
  const [, kibibytes = NaN] = new RegExp(`${field}:\\s*(\\d+) kB`).exec(
    Deno.readTextFileSync("/proc/self/status"),
  ) ?? [];
  return Number(kibibytes) * 1024;
}

function since(before: { readonly user: number; readonly system: number }, startMs: number) {
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
console.log(JSON.stringify(await run()));
