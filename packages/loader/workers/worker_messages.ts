import type { ResolvedModule } from "../config/module_export.ts";
import type { RandomKey } from "../order/keyed_random.ts";

/** What a worker is asked to do. */
export type WorkerCall =
  | {
    readonly type: "transform";
    readonly sample: unknown;
    readonly index: number;
    readonly epoch: number;
    /** What the sample's random numbers are of. */
    readonly key: RandomKey;
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

/** What a worker answers. `ms` is how long it worked since it last said so. */
export type WorkerReply =
  | { readonly type: "ready" }
  | { readonly type: "unloadable"; readonly of: "transform" | "collate"; readonly error: SentError }
  | {
    readonly type: "made";
    readonly id: number;
    readonly value: unknown;
    readonly moved: readonly ArrayBuffer[];
    readonly bytes: number;
    readonly ms: number;
  }
  | { readonly type: "failed"; readonly id: number; readonly error: SentError; readonly ms: number }
  | { readonly type: "gone"; readonly how: string; readonly error?: SentError };
