import type { Hedge, HedgeBudget } from "./hedge_budget.ts";

/** How far an answer has come. */
export interface Arrivals {
  /** Bytes that came. */
  readonly bytes: number;
  /** How long they were waited for, in milliseconds, without the time that the reader took between them. */
  readonly waitedMs: number;
}

/** A range whose bytes come. */
export interface WatchedRange {
  /** Bytes in all. */
  readonly length: number;
  /** How far it has come, and at the end how far it came; nothing where that does not show. */
  arrivals(): Arrivals | undefined;
  /** Called at most once: what is left is to be asked for a second time, by this leave. */
  hedge(leave: Hedge): void;
}

/** What {@linkcode RangeHedges} takes of a clock; a `Clock` is one. */
export interface HedgeClock {
  /** Milliseconds since some moment, which never go back. */
  monotonicMs(): number;
  /** Resolves after so long; rejects with the signal's reason when it is aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

const TICK_MS = 100;
// A rate is that of so much waiting at least, and of twice that at most.
const WINDOW_MS = 250;
const SLOWER = 4;
const FEWEST_PEERS = 3;
const RECENT_MS = 1_000;
const REMEMBERED = 32;
const WORTHWHILE_MS = 250;

/**
 * Finds the ranges of one store whose bytes come far slower than those of their peers: less than a quarter of what half of
 * them bring in the same time, at least three of them. Only the time in which bytes are waited for counts. Where all
 * are slow, or stand still, none is; neither is one whose last bytes will be there as soon as if they were asked for anew.
 */
export class RangeHedges {
  readonly #budget: HedgeBudget;
  readonly #clock: HedgeClock;
  readonly #watched = new Set<Watch>();
  readonly #ended: { readonly atMs: number; readonly rate: number }[] = [];
  #stop: AbortController | undefined;

  /** Asks `budget` for leave. */
  constructor(budget: HedgeBudget, clock: HedgeClock) {
    this.#budget = budget;
    this.#clock = clock;
  }

  /** Watches a range from its first byte on, until the function that this gives is called. */
  watch(range: WatchedRange): () => void {
    const watch = new Watch(range, this.#clock.monotonicMs());
    this.#watched.add(watch);
    if (!this.#stop) void this.#run(this.#stop = new AbortController());
    return () => {
      if (!this.#watched.delete(watch)) return;
      const arrivals = range.arrivals();
      if (arrivals?.bytes === range.length) {
        this.#ended.push({ atMs: this.#clock.monotonicMs(), rate: rateOf(arrivals) });
        if (this.#ended.length > REMEMBERED) this.#ended.shift();
      }
      if (this.#watched.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  async #run({ signal }: AbortController): Promise<void> {
    for (;;) {
      await this.#clock.sleep(TICK_MS, signal).catch(() => {});
      if (signal.aborted) return;
      this.#tick();
    }
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const watch of this.#watched) watch.measure();
    for (const watch of this.#watched) {
      if (watch.hedged || !this.#isSlow(watch, nowMs)) continue;
      const leave = this.#budget.tryTake();
      if (!leave) return;
      watch.hedged = true;
      watch.range.hedge(leave);
    }
  }

  #isSlow(watch: Watch, nowMs: number): boolean {
    const { rate, rest } = watch;
    const usual = rate === undefined ? undefined : this.#usualRate(watch, nowMs);
    if (rate === undefined || usual === undefined || rate * SLOWER > usual) return false;
    return rest / rate > 2 * (rest / usual) + WORTHWHILE_MS;
  }

  /** What half of the peers bring: those whose bytes come now or came just now. The last one is compared with all it met. */
  #usualRate(watch: Watch, nowMs: number): number | undefined {
    const rates: number[] = [];
    for (const other of this.#watched) {
      if (other !== watch && other.rate !== undefined) rates.push(other.rate);
    }
    const sinceMs = this.#watched.size > 1 ? nowMs - RECENT_MS : watch.startMs;
    for (const { atMs, rate } of this.#ended) if (atMs >= sinceMs) rates.push(rate);
    if (rates.length < FEWEST_PEERS) return undefined;
    return rates.sort((a, b) => a - b)[Math.floor((rates.length - 1) / 2)];
  }
}

/** A watched range, and what was last measured of it. */
class Watch {
  readonly range: WatchedRange;
  readonly startMs: number;
  hedged = false;
  /** Bytes per millisecond lately; nothing while too little was waited. */
  rate: number | undefined;
  #from: Arrivals = { bytes: 0, waitedMs: 0 };
  #next = this.#from;
  #bytes = 0;

  constructor(range: WatchedRange, startMs: number) {
    this.range = range;
    this.startMs = startMs;
  }

  /** Bytes that have yet to come. */
  get rest(): number {
    return this.range.length - this.#bytes;
  }

  measure(): void {
    const now = this.range.arrivals();
    if (!now) return;
    this.#bytes = now.bytes;
    if (now.waitedMs - this.#next.waitedMs >= WINDOW_MS) [this.#from, this.#next] = [this.#next, now];
    const waitedMs = now.waitedMs - this.#from.waitedMs;
    if (waitedMs >= WINDOW_MS) this.rate = (now.bytes - this.#from.bytes) / waitedMs;
  }
}

/** Bytes per millisecond of waiting. */
function rateOf({ bytes, waitedMs }: Arrivals): number {
  return bytes / Math.max(1, waitedMs);
}
