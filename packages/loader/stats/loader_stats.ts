/** What a loader did, and for what it was waited for. Times are in milliseconds. */
export interface LoaderStats {
  /** Batches handed out. */
  readonly steps: number;
  /** Samples handed out, those that only fill up a batch not counted. */
  readonly samples: number;
  /** Samples that were skipped. */
  readonly skipped: number;
  /** Bytes of samples that were handed out. */
  readonly bytes: number;
  /** Bytes read for them: more where ranges near one another were read as one. */
  readonly bytesRead: number;
  /** Reads of a store: a whole object, a range, or several near one another. */
  readonly reads: number;
  /** Until the first batch was there. */
  readonly firstBatchMs: number;
  /** Spent waiting inside of `next()`, the first batch not counted. */
  readonly waitMs: number;
  /** Spent by the caller between two batches, the first not counted. */
  readonly busyMs: number;
  /** `busyMs` of `busyMs` and `waitMs`: the accelerator utilization of MLPerf Storage; `NaN` before the second batch. */
  readonly busyShare: number;
  /** Spent by reads, each for itself: their sum is more than the time that passed where several ran at a time. */
  readonly readMs: number;
  /** Spent decoding samples of their bytes. */
  readonly decodeMs: number;
  /** Spent by the transformation. In workers it is the time that each was busy with it, summed up. */
  readonly transformMs: number;
  /** Spent putting batches together. */
  readonly collateMs: number;
  /** Workers that run at present. */
  readonly workers: number;
  /** Workers that ended by themselves, and whose samples were given to others. */
  readonly workersLost: number;
  /** Bytes of samples that were copied to be sent to workers, since they are of a batch's memory; all others are moved. */
  readonly bytesCopied: number;
  /** How long reads took: the median, and those that 95 and 99 of 100 did not exceed. */
  readonly readLatencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Batches that are ready or being read now. */
  readonly ahead: number;
  /** What the loader was waited for, most of all: `"consumer"` where it hardly was. */
  readonly limit: "reads" | "decode" | "transform" | "collate" | "consumer";
}

/** Counts what goes into {@linkcode LoaderStats}. */
export class StatsCounter {
  steps = 0;
  samples = 0;
  skipped = 0;
  bytes = 0;
  bytesRead = 0;
  reads = 0;
  /** Those that were waited for, rather than at hand. */
  readsLater = 0;
  firstBatchMs = 0;
  waitMs = 0;
  busyMs = 0;
  readMs = 0;
  decodeMs = 0;
  transformMs = 0;
  collateMs = 0;
  workersLost = 0;
  bytesCopied = 0;
  /** How many reads took so long: each bin an eighth longer than the one before, from a hundredth of a millisecond. */
  readonly #latencies: Uint32Array = new Uint32Array(BINS);

  /** Counts a read that took `ms`. */
  read(bytes: number, ms: number): void {
    this.reads++;
    this.bytesRead += bytes;
    this.readMs += ms;
    const bin = Math.min(BINS - 1, Math.max(0, Math.ceil(Math.log(ms / SHORTEST_MS) / STEP)));
    this.#latencies[bin] = (this.#latencies[bin] ?? 0) + 1;
  }

  /** All there is now. */
  snapshot(ahead: number, workers = 0): LoaderStats {
    const { steps, samples, skipped, bytes, bytesRead, reads, firstBatchMs, waitMs, busyMs } = this;
    const { readMs, decodeMs, transformMs, collateMs, workersLost, bytesCopied } = this;
    const spent = { reads: readMs, decode: decodeMs, transform: transformMs, collate: collateMs };
    const most = Object.entries(spent).reduce((most, next) => next[1] > most[1] ? next : most);
    return {
      steps,
      samples,
      skipped,
      bytes,
      bytesRead,
      reads,
      firstBatchMs,
      waitMs,
      busyMs,
      busyShare: busyMs / (busyMs + waitMs),
      readMs,
      decodeMs,
      transformMs,
      collateMs,
      workers,
      workersLost,
      bytesCopied,
      readLatencyMs: { p50: this.#latency(0.5), p95: this.#latency(0.95), p99: this.#latency(0.99) },
      ahead,
      limit: waitMs <= (busyMs + waitMs) / 50 ? "consumer" : most[0] as LoaderStats["limit"],
    };
  }

  #latency(share: number): number {
    let left = Math.ceil(this.reads * share);
    if (left === 0) return 0;
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#latencies[bin] ?? 0;
      if (left <= 0) return SHORTEST_MS * Math.exp(bin * STEP);
    }
    return Infinity;
  }
}

const SHORTEST_MS = 0.01;
const STEP = Math.log(1.125);
/** Up to 28 hours. */
const BINS = 200;
