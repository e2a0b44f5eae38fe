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
  /** Those of them that a reader read, which is a second thread. */
  readonly readerBytes: number;
  /** Reads of a store: a whole object, a range, or several near one another. */
  readonly reads: number;
  /** Spent waiting for the first batch of each loop. */
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
  /** Readers that run at present: threads that read what is cached beside this one; one at most. */
  readonly readers: number;
  /** Workers that run at present. */
  readonly workers: number;
  /** Workers that ended by themselves, and whose samples were given to others. */
  readonly workersLost: number;
  /** Bytes of samples that were copied to be sent to workers: small ones, and those of a batch's memory; all others are moved. */
  readonly bytesCopied: number;
  /** How long reads took: the median, and those that 95 and 99 of 100 did not exceed. */
  readonly readLatencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Batches that are ready or being read now. */
  readonly ahead: number;
  /**
   * What the loader was waited for, most of all: `"consumer"` where it hardly was. Time of workers is shared among them. Where
   * it is `"transform"`, make it a module's and raise `pool.workers`.
   */
  readonly limit: "reads" | "decode" | "transform" | "collate" | "consumer";
  /** What was done since another moment, of which this loader told earlier: in an epoch, say. */
  since(earlier: LoaderStats): LoaderStats;
}

/** Counts what goes into {@linkcode LoaderStats}. */
export class StatsCounter {
  steps = 0;
  samples = 0;
  skipped = 0;
  bytes = 0;
  bytesRead = 0;
  readerBytes = 0;
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
  /** How many transform at a time, and put batches together: several where workers do. */
  transformers = 1;
  collators = 1;
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

  /** Counts a read that a reader did. */
  readByReader(bytes: number, ms: number): void {
    this.readerBytes += bytes;
    this.read(bytes, ms);
  }

  /** Counts a read that was waited for, once it has ended: one in flight is counted in neither number. */
  readLater(bytes: number, ms: number): void {
    this.readsLater++;
    this.read(bytes, ms);
  }

  /** All there is now. */
  snapshot({ ahead, workers = 0, readers = 0 }: Partial<Present> & Pick<Present, "ahead">): LoaderStats {
    return new Snapshot(this, this.#latencies.slice(), { ahead, workers, readers });
  }
}

/** What there is at a moment. */
type Present = Pick<LoaderStats, "ahead" | "workers" | "readers">;

/** What is counted, and adds up. */
type Sums = Pick<
  LoaderStats,
  | "steps"
  | "samples"
  | "skipped"
  | "bytes"
  | "bytesRead"
  | "readerBytes"
  | "reads"
  | "firstBatchMs"
  | "waitMs"
  | "busyMs"
  | "readMs"
  | "decodeMs"
  | "transformMs"
  | "collateMs"
  | "workersLost"
  | "bytesCopied"
>;

/** What is counted, and how many work at a time. */
interface Counts extends Sums {
  readonly transformers: number;
  readonly collators: number;
}

/** The counts of a moment, or between two, and what follows from them. */
class Snapshot implements LoaderStats {
  readonly steps: number;
  readonly samples: number;
  readonly skipped: number;
  readonly bytes: number;
  readonly bytesRead: number;
  readonly readerBytes: number;
  readonly reads: number;
  readonly firstBatchMs: number;
  readonly waitMs: number;
  readonly busyMs: number;
  readonly busyShare: number;
  readonly readMs: number;
  readonly decodeMs: number;
  readonly transformMs: number;
  readonly collateMs: number;
  readonly readers: number;
  readonly workers: number;
  readonly workersLost: number;
  readonly bytesCopied: number;
  readonly readLatencyMs: LoaderStats["readLatencyMs"];
  readonly ahead: number;
  readonly limit: LoaderStats["limit"];
  readonly #latencies: Uint32Array;
  readonly #threads: Pick<Counts, "transformers" | "collators">;

  constructor(
    counts: Counts,
    latencies: Uint32Array,
    { ahead, workers, readers }: Present,
  ) {
    this.steps = counts.steps;
    this.samples = counts.samples;
    this.skipped = counts.skipped;
    this.bytes = counts.bytes;
    this.bytesRead = counts.bytesRead;
    this.readerBytes = counts.readerBytes;
    this.reads = counts.reads;
    this.firstBatchMs = counts.firstBatchMs;
    this.waitMs = counts.waitMs;
    this.busyMs = counts.busyMs;
    this.busyShare = counts.busyMs / (counts.busyMs + counts.waitMs);
    this.readMs = counts.readMs;
    this.decodeMs = counts.decodeMs;
    this.transformMs = counts.transformMs;
    this.collateMs = counts.collateMs;
    this.readers = readers;
    this.workers = workers;
    this.workersLost = counts.workersLost;
    this.bytesCopied = counts.bytesCopied;
    this.#latencies = latencies;
    this.readLatencyMs = { p50: this.#latency(0.5), p95: this.#latency(0.95), p99: this.#latency(0.99) };
    this.ahead = ahead;
    const { transformers, collators } = counts;
    this.#threads = { transformers, collators };
    this.limit = limitOf(counts);
  }

  since(earlier: LoaderStats): LoaderStats {
    if (!(earlier instanceof Snapshot)) {
      throw new TypeError("Cannot tell since when: these are no stats of a loader");
    }
    const counts: Counts = {
      steps: this.steps - earlier.steps,
      samples: this.samples - earlier.samples,
      skipped: this.skipped - earlier.skipped,
      bytes: this.bytes - earlier.bytes,
      bytesRead: this.bytesRead - earlier.bytesRead,
      readerBytes: this.readerBytes - earlier.readerBytes,
      reads: this.reads - earlier.reads,
      firstBatchMs: this.firstBatchMs - earlier.firstBatchMs,
      waitMs: this.waitMs - earlier.waitMs,
      busyMs: this.busyMs - earlier.busyMs,
      readMs: this.readMs - earlier.readMs,
      decodeMs: this.decodeMs - earlier.decodeMs,
      transformMs: this.transformMs - earlier.transformMs,
      collateMs: this.collateMs - earlier.collateMs,
      workersLost: this.workersLost - earlier.workersLost,
      bytesCopied: this.bytesCopied - earlier.bytesCopied,
      transformers: this.#threads.transformers,
      collators: this.#threads.collators,
    };
    const latencies = this.#latencies.map((count, bin) => count - (earlier.#latencies[bin] ?? 0));
    return new Snapshot(counts, latencies, this);
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

/** What was waited for: hardly anything where it is less than a fiftieth of the time. */
function limitOf(counts: Counts): LoaderStats["limit"] {
  const { waitMs, busyMs, readMs, decodeMs, transformMs, collateMs, transformers, collators } = counts;
  if (waitMs <= (busyMs + waitMs) / 50) return "consumer";
  const spent = {
    reads: readMs,
    decode: decodeMs,
    transform: transformMs / transformers,
    collate: collateMs / collators,
  };
  return Object.entries(spent).reduce((most, next) =>
    next[1] > most[1] ? next : most
  )[0] as LoaderStats["limit"];
}

const SHORTEST_MS = 0.01;
const STEP = Math.log(1.125);
/** Up to 28 hours. */
const BINS = 200;
