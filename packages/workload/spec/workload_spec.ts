/** Sizes of the objects of a set, in bytes. */
export type SizeDistribution =
  | { readonly kind: "fixed"; readonly size: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | {
    readonly kind: "lognormal";
    readonly median: number;
    readonly sigma: number;
    readonly min: number;
    readonly max: number;
  }
  | {
    readonly kind: "buckets";
    readonly buckets: readonly { readonly size: number; readonly weight: number }[];
  };

/** A set of objects, whose keys are `NAME/NUMBER`, or `NAME/SHARD/NUMBER` where it has shards. */
export interface ObjectSet {
  /** What it is called: letters, digits, `-` and `_`. */
  readonly name: string;
  /** How many objects it has at most; they are numbered from 0. */
  readonly count: number;
  /** How large they are. The size of an object follows from seed, set and number. */
  readonly size: SizeDistribution;
  /** Over how many prefixes its keys are spread. */
  readonly shards: number;
}

/** What the content of objects is like. */
export interface ContentSpec {
  /** How often a unit of content is there on average; 1 where all is distinct. */
  readonly dedup: number;
  /** By how much content can be compressed; 1 where it can not. */
  readonly compress: number;
  /** Bytes of a unit of content that may be there several times. */
  readonly dedupUnit: number;
}

/** What a mix may do. */
export type MixOp = "get" | "get-range" | "put" | "stat" | "list" | "delete";

/** One part of a mix. */
export type MixEntry =
  & {
    /** How often it is done, against the other weights. */
    readonly weight: number;
    /** The sets that it is done on. */
    readonly on: readonly string[];
  }
  & (
    | { readonly op: "get" | "put" | "stat" | "delete" }
    | {
      readonly op: "get-range";
      /** Bytes of a range; a smaller object is read as a whole. */
      readonly length: number;
      /** Offsets are multiples of it. */
      readonly align: number;
    }
    | {
      readonly op: "list";
      /** Entries after which a listing ends. */
      readonly entries: number;
    }
  );

/** Which objects are read, looked at and deleted: any, the first ones most often, one after the other, or each once. */
export type PickSpec =
  | { readonly kind: "uniform" | "sequential" | "once" }
  | { readonly kind: "zipf"; readonly exponent: number };

/** How much is asked for at a time. */
export type LoadSpec =
  | {
    readonly kind: "closed";
    /** How many operations go on at a time, each followed by the next. Several are done one after the other. */
    readonly concurrency: readonly number[];
  }
  | {
    readonly kind: "open";
    /** Operations that are due each second, whatever became of those before. */
    readonly rate: number;
    /** Whether they are due at equal distances, or at random as of many independent users. */
    readonly arrival: "fixed" | "exponential";
    /** How many may go on at a time. */
    readonly maxInFlight: number;
  };

/** What a phase is called and how much it asks for at a time. */
export interface PhaseBase {
  /** What it is called. */
  readonly name: string;
  /** How much is asked for at a time. */
  readonly load: LoadSpec;
}

/** Writes every object of some sets once. */
export interface PutPhase extends PhaseBase {
  /** What it does. */
  readonly kind: "put";
  /** The sets. */
  readonly sets: readonly string[];
}

/** Deletes every object of some sets that is there. */
export interface DeletePhase extends PhaseBase {
  /** What it does. */
  readonly kind: "delete";
  /** The sets. */
  readonly sets: readonly string[];
  /** Whether it also removes what else the spec can name, and the marker; only of the last phase. */
  readonly isCleanup: boolean;
}

/** Does several operations by their weights, until the first of its ends. */
export interface MixPhase extends PhaseBase {
  /** What it does. */
  readonly kind: "mix";
  /** The operations. */
  readonly mix: readonly MixEntry[];
  /** Which objects. */
  readonly pick: PickSpec;
  /** For so long the load rises to its full before figures are taken, in milliseconds. */
  readonly rampMs: number;
  /** Ends it after so many milliseconds, without those of the ramp. */
  readonly durationMs?: number;
  /** Ends it after so many operations, without those of the ramp. */
  readonly ops?: number;
  /** Ends it when so many bytes were asked for, without those of the ramp. */
  readonly bytes?: number;
}

/** A part of a workload, which begins when the one before it has ended. */
export type PhaseSpec = PutPhase | DeletePhase | MixPhase;

/** A workload: objects, and what is done to them. All defaults are filled in, sizes are bytes, durations milliseconds. */
export interface WorkloadSpec {
  /** The prefix below which its objects lie, as a URI; absent where it is to be given when it runs. */
  readonly target?: string;
  /** Decides sizes, content and choices. */
  readonly seed: number;
  /** What the content of objects is like. */
  readonly data: ContentSpec;
  /** The sets of objects. */
  readonly objects: readonly ObjectSet[];
  /** What is done. */
  readonly phases: readonly PhaseSpec[];
  /** The share of reads whose bytes are compared with what was written: 0 to 1. */
  readonly verify: number;
  /** The share of operations of a phase that may fail: 0 to 1. More ends the run. */
  readonly maxErrorRate: number;
}
