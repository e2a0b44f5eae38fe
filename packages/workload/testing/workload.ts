import { ForwardingStore, MemoryStore } from "@lade/core";
import type { GetOptions, GetResult, ObjectStore } from "@lade/core";
import { type Clock, createStoreContext } from "@lade/core/backend";
import { setImmediate } from "node:timers";
import { parseWorkload } from "../spec/parse_workload.ts";
import type { StoreResolver } from "../replay/replay_options.ts";
import type { WorkloadSpec } from "../spec/workload_spec.ts";

/** A spec of one set of small objects, below `memory://m/bench/`. */
export async function smallSpec(phases: readonly unknown[], changes: object = {}): Promise<WorkloadSpec> {
  return await parseWorkload({
    version: 1,
    target: "memory://m/bench/",
    objects: { small: { count: 20, size: 1000 } },
    phases,
    ...changes,
  });
}

/** Finds URIs of `memory://m/` in a store. */
export function storesOf(store: ObjectStore): StoreResolver {
  return (uri) => Promise.resolve({ store, key: uri.slice("memory://m/".length) });
}

/** A store in memory whose calls take a time of a fake clock. */
export class SlowStore extends ForwardingStore {
  readonly clock: QuickClock;
  /** Milliseconds that a `get` which begins now takes. */
  readonly #tookMs: (nowMs: number) => number;

  constructor(clock: QuickClock, tookMs: (nowMs: number) => number) {
    super(new MemoryStore({ context: createStoreContext({ clock }) }));
    this.clock = clock;
    this.#tookMs = tookMs;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    const tookMs = key.endsWith(".json") ? 0 : this.#tookMs(this.clock.monotonicMs());
    if (tookMs > 0) await this.clock.sleep(tookMs, options?.signal);
    return await super.get(key, options);
  }
}

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that goes on by itself to the next sleeper whenever nothing else runs: thousands of sleeps take no time. */
export class QuickClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<Sleeper>();

  /** Number of sleeps that have not ended. */
  get pending(): number {
    return this.#sleepers.size;
  }

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const sleeper = { wakesAt: this.#nowMs + Math.max(0, durationMs), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Goes on until something has ended. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const over = work.finally(() => isOver = true);
    over.catch(() => {});
    while (!isOver) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const [first, ...rest] = this.#sleepers;
      if (isOver || !first) continue;
      const next = rest.reduce((next, each) => each.wakesAt < next.wakesAt ? each : next, first);
      this.#nowMs = Math.max(this.#nowMs, next.wakesAt);
      this.#sleepers.delete(next);
      next.wake();
    }
    return await over;
  }
}

/** A value that is there. */
export function the<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a value is not there");
  return value;
}
