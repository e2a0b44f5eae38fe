import { StoreError } from "@lade/core/errors";
import { redactSecrets } from "@lade/core/text";
import { Histogram } from "../histogram/histogram.ts";
import type { ErrorResult, OpResult, SecondResult, SizeResult } from "../result/workload_result.ts";
import type { MixOp } from "../spec/workload_spec.ts";
import type { Done } from "./do_work.ts";

/** Bounds of buckets of sizes, in bytes; what is larger is in one more. */
const SIZES = [2 ** 13, 2 ** 16, 2 ** 19, 2 ** 22, 2 ** 25, 2 ** 28, 2 ** 31];
const OPS: readonly MixOp[] = ["put", "get", "get-range", "stat", "list", "delete"];
const LONGEST_EXAMPLE = 300;
const COARSE = { precisionBits: 7 };

/** When an operation was due, began and ended, in milliseconds of one clock. */
export interface Times {
  readonly dueMs: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Counts the operations of a phase. Memory is that of histograms, and a little for each second. */
export class PhaseTally {
  readonly #startMs: number;
  readonly #ops = new Map<MixOp, OpTally>();
  /** When the load is no longer full. */
  #steadyEndMs: number;
  lastEndMs: number;
  ops = 0;
  failed = 0;

  /** One whose figures begin at `startMs`, and whose load is full for `durationMs` at most. */
  constructor(startMs: number, durationMs = Infinity) {
    this.#startMs = startMs;
    this.#steadyEndMs = startMs + durationMs;
    this.lastEndMs = startMs;
  }

  /** Counts an operation that ended well, of an object of `size` bytes. */
  add(op: MixOp, size: number, done: Done, times: Times): void {
    this.ops++;
    this.#of(op).add(size, done, times, this.#shareOf(times));
    this.lastEndMs = times.endMs;
  }

  /** Counts one that failed. */
  fail(op: MixOp, error: unknown, { endMs }: Times): void {
    this.ops++;
    this.failed++;
    this.#of(op).fail(error, endMs);
    this.lastEndMs = endMs;
  }

  /** Says that the load is not full from now on. */
  endSteady(nowMs: number): void {
    this.#steadyEndMs = Math.max(this.#startMs, Math.min(this.#steadyEndMs, nowMs));
  }

  get durationMs(): number {
    return this.lastEndMs - this.#startMs;
  }

  /** For how long the load was full; all the time where that was less than half of it, and no rate could be told. */
  get steadyMs(): number {
    const steadyMs = Math.min(this.#steadyEndMs, this.lastEndMs) - this.#startMs;
    return steadyMs * 2 < this.durationMs ? this.durationMs : steadyMs;
  }

  /** What they came to. */
  results(): OpResult[] {
    const { steadyMs } = this;
    const isAll = steadyMs === this.durationMs;
    return OPS.flatMap((op) => this.#ops.get(op)?.result(op, steadyMs, isAll) ?? []);
  }

  #of(op: MixOp): OpTally {
    let tally = this.#ops.get(op);
    if (!tally) this.#ops.set(op, tally = new OpTally(this.#startMs));
    return tally;
  }

  /** How much of an operation was done while the load was full. */
  #shareOf({ startMs, endMs }: Times): number {
    if (endMs <= this.#steadyEndMs) return 1;
    return Math.max(0, this.#steadyEndMs - startMs) / (endMs - startMs);
  }
}

class OpTally {
  readonly #startMs: number;
  readonly #latency = new Histogram();
  readonly #serviceTime = new Histogram();
  readonly #answer = new Histogram();
  readonly #sizes = new Map<number, { ops: number; bytes: number; readonly latency: Histogram }>();
  readonly #errors = new Map<string, { kind: string; count: number; readonly example: string }>();
  readonly #series: SecondResult[] = [];
  #second: Second;
  #ops = 0;
  #bytes = 0;
  #objects = 0;
  #steadyOps = 0;
  #steadyBytes = 0;

  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#second = new Second(0);
  }

  add(size: number, { bytes, objects, answeredMs }: Done, times: Times, share: number): void {
    const { dueMs, startMs, endMs } = times;
    const latencyNs = (endMs - dueMs) * 1e6;
    this.#ops++;
    this.#bytes += bytes;
    this.#objects += objects;
    this.#steadyOps += share;
    this.#steadyBytes += share * bytes;
    this.#latency.record(latencyNs);
    this.#serviceTime.record((endMs - startMs) * 1e6);
    if (answeredMs !== undefined) this.#answer.record(Math.max(0, answeredMs - startMs) * 1e6);
    const second = this.#at(endMs);
    second.ops++;
    second.bytes += bytes;
    second.latency.record(latencyNs);
    if (bytes === 0) return;
    const bucket = SIZES.findIndex((most) => size <= most);
    let sized = this.#sizes.get(bucket);
    if (!sized) this.#sizes.set(bucket, sized = { ops: 0, bytes: 0, latency: new Histogram(COARSE) });
    sized.ops++;
    sized.bytes += bytes;
    sized.latency.record(latencyNs);
  }

  fail(error: unknown, endMs: number): void {
    const kind = kindOf(error);
    const known = this.#errors.get(kind);
    if (known) known.count++;
    else {
      const text = redactSecrets(error instanceof Error ? error.message : String(error));
      this.#errors.set(kind, { kind, count: 1, example: text.slice(0, LONGEST_EXAMPLE) });
    }
    this.#at(endMs).errors++;
  }

  result(op: MixOp, steadyMs: number, isAll: boolean): OpResult {
    const last = this.#second.result();
    const perSecond = (value: number) => steadyMs > 0 ? value / steadyMs * 1000 : 0;
    return {
      op,
      ops: this.#ops,
      bytes: this.#bytes,
      objects: this.#objects,
      opsPerSecond: perSecond(isAll ? this.#ops : this.#steadyOps),
      bytesPerSecond: perSecond(isAll ? this.#bytes : this.#steadyBytes),
      errors: [...this.#errors.values()].map((error): ErrorResult => ({ ...error })),
      latency: this.#latency.toState(),
      serviceTime: this.#serviceTime.toState(),
      answer: this.#answer.toState(),
      sizes: [...this.#sizes].toSorted(([a], [b]) => rankOf(a) - rankOf(b)).map(
        ([bucket, { ops, bytes, latency }]): SizeResult => {
          const most = SIZES[bucket];
          return { ...(most !== undefined && { most }), ops, bytes, latency: latency.toState() };
        },
      ),
      series: [...this.#series, ...last],
    };
  }

  /** The second of an end; ends come in their order. */
  #at(endMs: number): Second {
    const t = Math.max(0, Math.floor((endMs - this.#startMs) / 1000));
    if (t > this.#second.t) {
      this.#series.push(...this.#second.result());
      this.#second = new Second(t);
    }
    return this.#second;
  }
}

/** The bucket without a bound is the last. */
function rankOf(bucket: number): number {
  return bucket < 0 ? SIZES.length : bucket;
}

/** The kind of an error: its code, or its name. */
export function kindOf(error: unknown): string {
  if (error instanceof StoreError) return error.code;
  return error instanceof Error ? error.name : "error";
}

class Second {
  readonly t: number;
  readonly latency = new Histogram(COARSE);
  ops = 0;
  bytes = 0;
  errors = 0;

  constructor(t: number) {
    this.t = t;
  }

  /** Nothing of a second in which nothing ended. */
  result(): SecondResult[] {
    const { t, ops, bytes, errors, latency } = this;
    if (ops + errors === 0) return [];
    const [p50, p99, max] = [latency.percentile(50), latency.percentile(99), latency.max];
    return [{
      ...{ t, ops, bytes, errors },
      ...(p50 !== undefined && { p50 }),
      ...(p99 !== undefined && { p99 }),
      ...(max !== undefined && { max }),
    }];
  }
}
