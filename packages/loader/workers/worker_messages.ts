import type { ResolvedModule } from "../config/module_export.ts";

/** What a worker is asked to do: for some samples, or once for all of them. */
export type WorkerCall =
  | {
    readonly type: "transform";
    readonly samples: readonly unknown[];
    /** Of each. */
    readonly indices: readonly number[];
    readonly epoch: number;
    /** What the random numbers of each are of, four words after four words. */
    readonly keys: Uint32Array;
    /** Memory in which several of them may lie. */
    readonly shared: readonly ArrayBuffer[];
  }
  | { readonly type: "collate"; readonly samples: unknown };

/** An export, and what messages call it. */
export interface NamedModule extends ResolvedModule {
  readonly words: string;
}

/** What a worker is told. */
export type WorkerMessage =
  | { readonly type: "load"; readonly transform?: NamedModule; readonly collate?: NamedModule }
  | (WorkerCall & { readonly id: number })
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "end" };

/** An error on its way between threads. */
export interface SentError {
  /** Whether it was an `Error`; else it is `value` as it was thrown, or in words. */
  readonly isError: boolean;
  /** What was thrown. */
  readonly value?: unknown;
  /** Its class. */
  readonly name: string;
  /** Its words. */
  readonly message: string;
  /** Where it came from. */
  readonly stack?: string | undefined;
  /** Its own cause. */
  readonly cause?: SentError | undefined;
  /** Its other plain properties, such as a code. */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
}

/** What a worker made of some of a call's samples, or of all of them. */
export interface MadeReply {
  readonly type: "made";
  readonly id: number;
  /** The call's samples that are done with this: their places. */
  readonly places: readonly number[];
  /** What was made of each; `undefined` of those that failed. */
  readonly values: readonly unknown[];
  /** What was thrown, by place. */
  readonly failed: readonly (readonly [place: number, error: SentError])[];
  /** Whether nothing of it is here, since another one took memory of theirs along: each is to be done again, alone. */
  readonly isLost?: boolean;
  readonly moved: readonly ArrayBuffer[];
  readonly bytes: number;
  /** How long it worked since it last said so. */
  readonly ms: number;
}

/** What a worker answers. */
export type WorkerReply =
  | MadeReply
  | { readonly type: "ready" }
  | { readonly type: "unloadable"; readonly of: "transform" | "collate"; readonly error: SentError }
  | { readonly type: "gone"; readonly how: string; readonly error?: SentError };
