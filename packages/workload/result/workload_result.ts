import type { HistogramState } from "../histogram/histogram.ts";
import type { MixOp, WorkloadSpec } from "../spec/workload_spec.ts";

/** What `schema` is of a {@linkcode WorkloadResult}. */
export const RESULT_SCHEMA = "lade-workload-result/1";

/** What one second of a phase came to. */
export interface SecondResult {
  /** Seconds from the start of its figures. */
  readonly t: number;
  /** Operations that ended well in it. */
  readonly ops: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Operations that failed in it. */
  readonly errors: number;
  /** Nanoseconds that half of them took at most, to 0.8 %; absent where results of several processes are one. */
  readonly p50?: number;
  /** The same of 99 of 100. */
  readonly p99?: number;
  /** The same of all; absent where none ended well. */
  readonly max?: number;
}

/** Operations on objects of similar size. */
export interface SizeResult {
  /** Bytes of the largest; absent of the last bucket, which has no bound. */
  readonly most?: number;
  /** Operations that ended well. */
  readonly ops: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Nanoseconds that they took from when they were due. */
  readonly latency: HistogramState;
}

/** Errors of one kind. */
export interface ErrorResult {
  /** The code of the error, or its name. */
  readonly kind: string;
  /** How many there were. */
  readonly count: number;
  /** What the first one said, without secrets. */
  readonly example: string;
}

/** What operations of one kind came to in a phase. Histograms have those that ended well, in nanoseconds. */
export interface OpResult {
  /** What was done. */
  readonly op: MixOp;
  /** Operations that ended well. */
  readonly ops: number;
  /** Bytes of content that came or went. */
  readonly bytes: number;
  /** Objects, of listings their entries. */
  readonly objects: number;
  /** Operations a second while the load was full: what ran at its end counts by the share of its time before it. */
  readonly opsPerSecond: number;
  /** Bytes a second, the same way. */
  readonly bytesPerSecond: number;
  /** What failed. */
  readonly errors: readonly ErrorResult[];
  /** From when they were due: what one who asked then would have waited. */
  readonly latency: HistogramState;
  /** From when they began. */
  readonly serviceTime: HistogramState;
  /** From when they began to when the store answered, before the bytes; of what reads bytes alone. */
  readonly answer: HistogramState;
  /** The same by sizes of objects, of what moves bytes. */
  readonly sizes: readonly SizeResult[];
  /** Second by second. */
  readonly series: readonly SecondResult[];
}

/** What a phase, or one step of its sweep, came to. */
export interface PhaseResult {
  /** Its name. */
  readonly name: string;
  /** How many operations went on at a time; absent of one with a rate. */
  readonly concurrency?: number;
  /** Operations that were due each second; absent of one with a concurrency. */
  readonly rate?: number;
  /** Milliseconds from the start of the run to the start of its figures. */
  readonly startMs: number;
  /** Milliseconds from there to its last end. */
  readonly durationMs: number;
  /** Milliseconds from there for which the load was full. */
  readonly steadyMs: number;
  /** The most operations that went on at a time. */
  readonly mostInFlight: number;
  /** How often an operation was held up because `maxInFlight` went on. */
  readonly heldByInFlight: number;
  /** How often one was held up for want of memory for its content. */
  readonly heldByMemory: number;
  /** What was done before its figures began. */
  readonly ramp?: { readonly ops: number; readonly errors: number };
  /** Nanoseconds from when operations were due to when they began; of one with a rate alone. */
  readonly lateness?: HistogramState;
  /** Nanoseconds by which this process was late to look at its clock: how busy it was itself. */
  readonly clientLag: HistogramState;
  /** Answers that asked for fewer requests, those that were repeated too; absent where the store does not count them. */
  readonly throttled?: number;
  /** What was done, by what it was. */
  readonly ops: readonly OpResult[];
}

/** Sentences that say what limited a run. */
export interface Advice {
  /** What it is about, for programs. */
  readonly code: AdviceCode;
  /** The sentence. */
  readonly text: string;
}

/** What advice can be about. */
export type AdviceCode =
  | "client-busy"
  | "late"
  | "memory"
  | "more-concurrency"
  | "knee"
  | "throttled"
  | "small-objects";

/** Where the content of an object was not what was written. */
export interface WrongContent {
  /** The key in its container. */
  readonly key: string;
  /** The place of the first wrong or missing byte. */
  readonly offset: number;
}

/** What a run of a workload came to. It is plain JSON. */
export interface WorkloadResult {
  /** Says what it is; changes of one number only add. */
  readonly schema: "lade-workload-result/1";
  /** What was done. */
  readonly spec: WorkloadSpec;
  /** Where, as a URI. */
  readonly target: string;
  /** What did it. */
  readonly host: { readonly cpus: number; readonly runtime: string };
  /** When the run began, as a time of RFC 3339. */
  readonly startedAt: string;
  /** The phases and steps, in their order. */
  readonly phases: readonly PhaseResult[];
  /** What was verified. */
  readonly verify: {
    /** Reads that were compared. */
    readonly reads: number;
    /** Reads whose bytes were wrong. */
    readonly wrong: number;
    /** The first of them. */
    readonly examples: readonly WrongContent[];
  };
  /** Why the run ended early; absent where it did all. */
  readonly stopped?: string;
  /** What limited it. */
  readonly advice: readonly Advice[];
}
