import { type Clock, systemClock } from "@lade/core/backend";
import { DataSource } from "../data/data_source.ts";
import { Histogram } from "../histogram/histogram.ts";
import { nanosBetween, type OpLogRow } from "../rows/op_log_row.ts";
import { type ChosenOp, OpChooser } from "./choose_ops.ts";
import { claimTargets } from "./claim_targets.ts";
import { orderByStart } from "./order_by_start.ts";
import { Places } from "./places.ts";
import { MOST_WAITING, ONE_PIECE, type ReplayOptions, type StoreResolver } from "./replay_options.ts";
import { type ReplayResult, ReplayTally } from "./replay_result.ts";
import { readyOp } from "./run_op.ts";
import { type Claim, type Turn, Turns } from "./turns.ts";
import { WrittenNames } from "./written_names.ts";

/**
 * Does the operations of a log once more, each when it is due, on stores that `stores` finds. Waits hold no task: one timer
 * waits for the next operation, and what waits for its object or thread is a row in memory.
 *
 * Rows may come in the order of their ends: see `window`. An operation that fails is counted, and compared with what the log
 * has of it. One that writes without `writes` ends the replay with a `TypeError`, wrong options are a `RangeError`. An abort
 * ends what runs, and rejects with its reason.
 */
export async function replay(
  rows: AsyncIterable<OpLogRow>,
  stores: StoreResolver,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  return await new Replay(stores, options).run(rows);
}

/** An operation that waits for its turn or runs. */
interface Entered extends Turn {
  readonly op: ChosenOp;
  /** When it is due; absent where it begins as soon as it can. */
  readonly dueMs?: number;
  readonly enteredMs: number;
  /** Memory of what it sends. */
  readonly bytes: number;
}

/** Of what is written piece by piece. */
const PIECE = 2 ** 20;
const MOST_SLEEP_MS = 86_400_000;
/** After so long, what waits for the event loop has its turn. */
const BREATH_MS = 10;

class Replay {
  readonly #options: ReplayOptions;
  readonly #clock: Clock;
  readonly #speed: number | "asap" | "per-thread";
  readonly #maxInFlight: number;
  readonly #maxBytes: number;
  readonly #chooser: OpChooser;
  readonly #places: Places;
  readonly #data: DataSource;
  readonly #names: WrittenNames | undefined;
  readonly #free: Uint8Array[] = [];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #turns = new Turns<Entered>();
  readonly #ready = new Queue<Entered>();
  readonly #tally = new ReplayTally();
  readonly #lateness = new Histogram();
  readonly #keyWaits = new Histogram();
  #first: OpLogRow | undefined;
  #startMs = 0;
  #endMs = 0;
  #recordedNs = 0;
  #running = 0;
  #mostInFlight = 0;
  #ended = 0;
  #failed = 0;
  #bytes = 0;
  #waiting = 0;
  #wake = () => {};

  constructor(stores: StoreResolver, options: ReplayOptions) {
    const { clock = systemClock, speed = 1, maxInFlight = 256, maxBufferedBytes = 2 ** 28, signal } = options;
    const { seed = 0, verify, unorderedKeys, asHead } = options;
    if (typeof speed === "number" && !(speed > 0 && speed < Infinity)) {
      throw new RangeError("speed must be a number above 0, or asap, or per-thread");
    }
    if (!Number.isInteger(maxInFlight) || maxInFlight < 1) {
      throw new RangeError("maxInFlight must be a whole number above 0");
    }
    if (verify && (unorderedKeys || asHead)) {
      throw new RangeError(
        "verify needs the order of the log, and what is read: neither unorderedKeys nor asHead",
      );
    }
    this.#options = options;
    this.#clock = clock;
    this.#speed = speed;
    this.#maxInFlight = maxInFlight;
    this.#maxBytes = maxBufferedBytes;
    this.#chooser = new OpChooser(options);
    this.#places = new Places(stores);
    this.#data = new DataSource({ seed });
    this.#names = verify ? new WrittenNames() : undefined;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
  }

  async run(rows: AsyncIterable<OpLogRow>): Promise<ReplayResult> {
    const { targets } = this.#chooser.map;
    for (const target of targets) await this.#places.baseOf(target);
    if (this.#options.writes) await claimTargets(targets, this.#places, { signal: this.#signal });
    try {
      let breathMs = this.#clock.monotonicMs();
      for await (const row of orderByStart(rows, this.#options)) {
        if (this.#clock.monotonicMs() - breathMs > BREATH_MS) {
          await this.#clock.sleep(0, this.#signal);
          breathMs = this.#clock.monotonicMs();
        }
        this.#signal.throwIfAborted();
        const op = this.#chooser.choose(row);
        if (op) await this.#enter(op);
      }
      while (this.#running > 0) await this.#nextEnd();
    } catch (error) {
      this.#stop.abort(error);
      while (this.#running > 0) await new Promise<void>((resolve) => this.#wake = resolve);
      throw error;
    }
    return {
      ops: this.#tally.ops,
      recordedMs: this.#recordedNs / 1e6,
      durationMs: this.#endMs - this.#startMs,
      lateness: this.#lateness,
      keyWaits: this.#keyWaits,
      mostInFlight: this.#mostInFlight,
      passedOver: this.#chooser.passedOver,
      errors: this.#tally.errors,
    };
  }

  /** Waits until an operation is due and may begin, and lets it take its turn. */
  async #enter(op: ChosenOp): Promise<void> {
    const { row, kind } = op;
    if (this.#chooser.isRefused(op)) {
      const what = `${row.op} ${JSON.stringify(row.endpoint + row.file)}`;
      throw new TypeError(`Cannot replay ${what}: it writes, which was not allowed`);
    }
    if (!this.#first) {
      this.#first = row;
      this.#startMs = this.#clock.monotonicMs();
    }
    const sinceFirst = nanosBetween(this.#first, row);
    this.#recordedNs = Math.max(this.#recordedNs, sinceFirst + row.durationNs);
    const dueMs = typeof this.#speed === "number"
      ? this.#startMs + sinceFirst / 1e6 / this.#speed
      : undefined;
    if (dueMs !== undefined) await this.#sleepUntil(dueMs);
    while (this.#ready.size > 0 || this.#waiting >= MOST_WAITING) await this.#nextEnd();
    const entered: Entered = {
      op,
      ...(dueMs !== undefined && { dueMs }),
      enteredMs: this.#clock.monotonicMs(),
      bytes: kind !== "PUT" ? 0 : row.bytes <= ONE_PIECE ? row.bytes : PIECE,
      claims: this.#claimsOf(op),
      blockers: 0,
    };
    if (this.#turns.enter(entered)) this.#ready.push(entered);
    else this.#waiting++;
    this.#startReady();
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    for (;;) {
      const leftMs = dueMs - this.#clock.monotonicMs();
      if (leftMs <= 0) return;
      await this.#clock.sleep(Math.min(leftMs, MOST_SLEEP_MS), this.#signal);
    }
  }

  async #nextEnd(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake = resolve);
    this.#signal.throwIfAborted();
  }

  #claimsOf({ kind, row, place, toPlace }: ChosenOp): Claim[] {
    const claims: Claim[] = [];
    if (!this.#options.unorderedKeys && kind !== "LIST") {
      const isShared = kind === "GET" || kind === "STAT" || kind === "COPY";
      if (toPlace) claims.push({ id: toPlace.id, isShared: false });
      if (place.id !== toPlace?.id) claims.push({ id: place.id, isShared });
    }
    // No URI begins so.
    if (this.#speed === "per-thread") claims.push({ id: ` ${row.clientId} ${row.thread}`, isShared: false });
    return claims;
  }

  #startReady(): void {
    for (let next = this.#ready.first; next && this.#running < this.#maxInFlight; next = this.#ready.first) {
      if (this.#bytes > 0 && this.#bytes + next.bytes > this.#maxBytes) return;
      this.#ready.shift();
      void this.#perform(next);
    }
  }

  /** Never rejects. */
  async #perform(entered: Entered): Promise<void> {
    const { op, dueMs, bytes } = entered;
    this.#running++;
    this.#bytes += bytes;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#running);
    const tools = { places: this.#places, data: this.#data, names: this.#names, free: this.#free };
    let result = { bytes: 0, objects: 0 };
    let failure: { readonly error: unknown } | undefined;
    let begunMs: number | undefined;
    try {
      const work = await readyOp(op, tools, { signal: this.#signal });
      begunMs = this.#clock.monotonicMs();
      result = await work();
    } catch (error) {
      failure = { error };
    }
    const endMs = this.#clock.monotonicMs();
    const startMs = begunMs ?? endMs;
    this.#running--;
    this.#bytes -= bytes;
    if (!this.#signal.aborted) {
      this.#endMs = endMs;
      if (dueMs !== undefined) this.#lateness.record(Math.max(0, startMs - dueMs) * 1e6);
      const latencyMs = endMs - Math.min(startMs, dueMs ?? startMs);
      this.#tally.add(op.row, {
        ...result,
        latencyMs,
        serviceMs: endMs - startMs,
        ...(failure && { failure }),
      });
      this.#ended++;
      if (failure) this.#failed++;
      this.#options.onEnd?.(this.#ended, this.#failed);
      for (const next of this.#turns.leave(entered)) {
        this.#waiting--;
        if (this.#speed !== "per-thread") this.#keyWaits.record((endMs - next.enteredMs) * 1e6);
        this.#ready.push(next);
      }
      this.#startReady();
    }
    this.#wake();
  }
}

/** First in, first out. */
class Queue<T> {
  #items: T[] = [];
  #at = 0;

  get size(): number {
    return this.#items.length - this.#at;
  }

  get first(): T | undefined {
    return this.#items[this.#at];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): void {
    if (++this.#at * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#at);
    this.#at = 0;
  }
}
