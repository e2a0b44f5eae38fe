import { AbortableQueue } from "@lade/core/concurrency";
import type { Clock } from "@lade/core/backend";

/** How many bytes a second may go, and until when that holds. */
export interface RateNow {
  /** Bytes a second; `Infinity` where there is no bound. */
  readonly bytesPerSecond: number;
  /** When another rate follows, by the wall clock; `Infinity` where none does. */
  readonly untilMs: number;
}

/** What was not used is kept for so long: a timer that fires late loses nothing. */
const CREDIT_MS = 100;
/** Bytes are taken in pieces of so long a time, within these sizes. */
const PIECE_MS = 50;
const LEAST_PIECE = 256;
const MOST_PIECE = 2 ** 18;

/** A token bucket: bytes go at a rate, in the order in which they were asked for. It sleeps only while somebody waits. */
export class BandwidthBucket {
  readonly #clock: Clock;
  readonly #rateAt: (wallMs: number) => RateNow;
  readonly #waiting = new AbortableQueue<void, number>(() => this.#onGivenUp());
  #rate: RateNow = { bytesPerSecond: Infinity, untilMs: -Infinity };
  /** When the bytes that were let go have had their time. */
  #dueMs = -Infinity;
  #sleep: AbortController | undefined;
  #heldBackMs = 0;

  /** Bounds bytes to what `rateAt` says of a time of the wall clock. */
  constructor(clock: Clock, rateAt: (wallMs: number) => RateNow) {
    this.#clock = clock;
    this.#rateAt = rateAt;
  }

  /** For how long somebody waited so far, in milliseconds. */
  get heldBackMs(): number {
    return this.#heldBackMs;
  }

  /** How many bytes are to be taken at a time. */
  get piece(): number {
    const { bytesPerSecond } = this.#now();
    if (bytesPerSecond === Infinity) return Infinity;
    return Math.min(MOST_PIECE, Math.max(LEAST_PIECE, Math.floor(bytesPerSecond * PIECE_MS / 1_000)));
  }

  /** Waits until so many bytes may go; nothing where they may go immediately. */
  take(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.length === 0 && this.#letGo(bytes)) return undefined;
    const turn = this.#waiting.wait(bytes, signal);
    this.#pump();
    return turn;
  }

  /** Lets bytes go if it is their time. What they take up delays those behind them. */
  #letGo(bytes: number): boolean {
    const { bytesPerSecond } = this.#now();
    const nowMs = this.#clock.monotonicMs();
    if (bytesPerSecond === Infinity) {
      this.#dueMs = nowMs;
      return true;
    }
    if (this.#dueMs > nowMs) return false;
    this.#dueMs = Math.max(this.#dueMs, nowMs - CREDIT_MS) + bytes / bytesPerSecond * 1_000;
    return true;
  }

  /** The rate that holds; one that begins owes nothing to the one before. */
  #now(): RateNow {
    const wallMs = this.#clock.now();
    if (wallMs < this.#rate.untilMs) return this.#rate;
    const before = this.#rate.bytesPerSecond;
    this.#rate = this.#rateAt(wallMs);
    if (this.#rate.bytesPerSecond !== before) {
      this.#dueMs = Math.min(this.#dueMs, this.#clock.monotonicMs());
    }
    return this.#rate;
  }

  #pump(): void {
    if (this.#sleep || this.#waiting.length === 0) return;
    const sleep = this.#sleep = new AbortController();
    const untilDueMs = this.#dueMs - this.#clock.monotonicMs();
    const untilChangeMs = this.#now().untilMs - this.#clock.now();
    const durationMs = Math.max(1, Math.min(untilDueMs, untilChangeMs, 2 ** 30));
    const sinceMs = this.#clock.monotonicMs();
    this.#clock.sleep(durationMs, sleep.signal).then(() => {
      this.#sleep = undefined;
      this.#heldBackMs += this.#clock.monotonicMs() - sinceMs;
      for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
        if (!this.#letGo(next)) break;
        this.#waiting.give();
      }
      this.#pump();
    }, () => {});
  }

  #onGivenUp(): void {
    if (this.#waiting.length > 0) return;
    this.#sleep?.abort();
    this.#sleep = undefined;
  }
}
