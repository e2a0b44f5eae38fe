import { assert, assertEquals } from "@std/assert";
import {
  type Checkpoint,
  type CheckpointContent,
  type CheckpointInfo,
  type Checkpoints,
  type CheckpointsOptions,
  openCheckpoints,
} from "@lade/checkpoint";
import { type Clock, getBytes, type ObjectStore } from "@lade/core";

/** Rows of a tensor that each rank has. */
const ROWS = 2;
const COLUMNS = 5;

/** What a world saves besides. */
export interface ContentOptions {
  /** A tensor that never changes, which is said to be frozen, and one that is another with every second seed only. */
  readonly kept?: boolean;
}

/** What a rank saves: every number of it follows from the seed, so that a mixture of two saves is seen. */
export function contentOf(
  rank: number,
  worldSize: number,
  seed: number,
  { kept = false }: ContentOptions = {},
): CheckpointContent {
  const rows = worldRows(worldSize, seed).slice(rank * ROWS * COLUMNS, (rank + 1) * ROWS * COLUMNS);
  return {
    tensors: [
      {
        name: "rows",
        dtype: "float32",
        shape: [ROWS, COLUMNS],
        offsets: [rank * ROWS, 0],
        globalShape: [worldSize * ROWS, COLUMNS],
        data: rows,
      },
      {
        name: "bias",
        dtype: "float64",
        shape: [3],
        replicas: Array.from({ length: worldSize }, (_, rank) => rank),
        data: biasOf(seed),
      },
      ...(kept
        ? Object.entries(keptOf(worldSize, seed)).map(([name, all]) => ({
          ...{ name, dtype: "uint8" as const, shape: [ROWS, COLUMNS], offsets: [rank * ROWS, 0] },
          globalShape: [worldSize * ROWS, COLUMNS],
          data: all.slice(rank * ROWS * COLUMNS, (rank + 1) * ROWS * COLUMNS),
          frozen: name === "frozen",
        }))
        : []),
    ],
    extras: { rng: { rank, seed }, state: stateOf(rank, seed) },
    metrics: { seed, ...(kept && { kept: 1 }) },
  };
}

/** Checks that a checkpoint is of one save only, and whole: all its bytes are loaded and compared. */
export async function assertWhole(checkpoint: Checkpoint): Promise<void> {
  const { worldSize, metrics: { seed = -1, kept } } = checkpoint.info;
  const tensors = await checkpoint.loadAll();
  assertEquals([...tensors.keys()], kept ? ["bias", "frozen", "rows", "slow"] : ["bias", "rows"]);
  for (const [name, data] of Object.entries(kept ? keptOf(worldSize, seed) : {})) {
    assertEquals(tensors.get(name)?.data, data);
  }
  assertEquals(tensors.get("rows")?.data, worldRows(worldSize, seed));
  assertEquals(tensors.get("bias")?.data, biasOf(seed));
  for (let rank = 0; rank < worldSize; rank++) {
    assertEquals(await checkpoint.extra("rng", { rank }), { rank, seed });
    assertEquals(await checkpoint.extra("state", { rank }), stateOf(rank, seed));
  }
}

/** Checks all checkpoints that are seen; gives what is known of each, the newest first. */
export async function assertAllWhole(checkpoints: Checkpoints): Promise<CheckpointInfo[]> {
  const infos = await Array.fromAsync(checkpoints.list());
  for (const info of infos) {
    await using checkpoint = await checkpoints.open(info);
    assertEquals(checkpoint.info, info);
    await assertWhole(checkpoint);
  }
  assertEquals(await checkpoints.latest(), infos[0]);
  return infos;
}

/** Opens a series for all ranks, and has them save a step together; gives how it ended for each. */
export function saveTogether(
  all: readonly Checkpoints[],
  step: number,
  seed: number,
  options: ContentOptions = {},
): Promise<PromiseSettledResult<CheckpointInfo>[]> {
  const saves = all.map((checkpoints, rank) =>
    checkpoints.save(step, contentOf(rank, all.length, seed, options)).committed
  );
  return Promise.allSettled(saves);
}

/** Opens the series below `c/` for so many ranks of a run. */
export function openAll(
  store: ObjectStore,
  worldSize: number,
  run: string,
  options: CheckpointsOptions = {},
): Promise<Checkpoints[]> {
  const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
  return Promise.all(ranks.map((rank) => openCheckpoints(store, "c", { run, worldSize, rank, ...options })));
}

/** The first of some, which is there. */
export function firstOf<T>(all: readonly T[]): T {
  const [first] = all;
  assert(first !== undefined);
  return first;
}

/** The keys of a store, sorted. */
export async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys.sort();
}

/** The keys below `c/` that checkpoints are made of: their manifests, and what these name. Sorted. */
export async function keysNamed(store: ObjectStore): Promise<string[]> {
  const named = new Set<string>();
  for await (const { key } of store.list("c/commits/")) {
    named.add(key);
    const text = new TextDecoder().decode((await getBytes(store, key)).bytes);
    for (const [, name] of text.matchAll(/"key":"([^"]+)"/g)) named.add(`c/${name}`);
  }
  return [...named].sort();
}

function keptOf(worldSize: number, seed: number): Record<"frozen" | "slow", Uint8Array<ArrayBuffer>> {
  const bytes = (value: (place: number) => number) =>
    Uint8Array.from({ length: worldSize * ROWS * COLUMNS }, (_, place) => value(place));
  return { frozen: bytes((place) => place), slow: bytes((place) => 7 * Math.floor(seed / 2) + place) };
}

function worldRows(worldSize: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: worldSize * ROWS * COLUMNS }, (_, place) => seed * 1000 + place);
}

function biasOf(seed: number): Float64Array<ArrayBuffer> {
  return Float64Array.of(seed, seed + 0.25, seed + 0.5);
}

function stateOf(rank: number, seed: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(20).fill(rank + seed);
}

/** Who sleeps longer waits until the clock is moved. */
const LONG_MS = 60_000;

/** A clock on which everybody who sleeps shortly has slept at once, as long as they meant to, if nothing woke them. */
export class EagerClock implements Clock {
  #elapsed = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#elapsed;
  }

  monotonicMs(): number {
    return this.#elapsed;
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (durationMs < LONG_MS) {
      await turn(signal);
      if (!signal?.aborted) this.#elapsed += durationMs;
    } else {
      const { promise, resolve } = Promise.withResolvers<void>();
      const sleeper = { until: this.#elapsed + durationMs, wake: () => resolve() };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      await promise;
      this.#sleepers.delete(sleeper);
      signal?.removeEventListener("abort", sleeper.wake);
    }
    signal?.throwIfAborted();
  }

  /** Moves it, and lets those go on who have slept long enough. */
  async advance(durationMs: number): Promise<void> {
    const end = this.#elapsed + durationMs;
    for (;;) {
      const next = [...this.#sleepers].toSorted((a, b) => a.until - b.until)[0];
      if (!next || next.until > end) break;
      this.#elapsed = Math.max(this.#elapsed, next.until);
      next.wake();
      for (let count = 0; count < 20; count++) await turn();
    }
    this.#elapsed = Math.max(this.#elapsed, end);
  }
}

async function turn(signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 0);
  signal?.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
