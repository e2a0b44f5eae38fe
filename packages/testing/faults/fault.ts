import type { ByteRange } from "@lade/core/backend";
import type { StoreOperation } from "@lade/core/layers";

/** A call that can be made to fail: the methods of a store, and those of its writers. */
export type FaultyOperation =
  | StoreOperation
  | "createWriter"
  | "createPartWriter"
  | "resumePartWriter"
  | "writePart"
  | "close";

/**
 * What goes wrong. `after` puts it in the middle: after that many bytes of a `get`'s body, or that many entries of a
 * listing; without it, it happens before the call itself.
 */
export type Fault =
  /** Rejects with `error`. */
  | { readonly kind: "throw"; readonly error: unknown; readonly after?: number }
  /** Does all of the call, and then rejects with `error`, as where an answer is lost on its way. */
  | { readonly kind: "lost"; readonly error: unknown }
  /** Ends the body or listing silently, as if it were complete. */
  | { readonly kind: "end"; readonly after: number }
  /** Adds `count` zero bytes to the end of the body. */
  | { readonly kind: "extra"; readonly count: number }
  /** Inverts the byte at `position`, counted from the start of the body. */
  | { readonly kind: "corrupt"; readonly position: number }
  /** Answers a `get` with another range than was asked for; with the whole object when `range` is absent. */
  | { readonly kind: "range"; readonly range?: ByteRange }
  /** Answers a `get` or `head` with another etag. */
  | { readonly kind: "etag"; readonly etag: string }
  /** Waits until `until` settles, or the call is aborted or cancelled. */
  | { readonly kind: "stall"; readonly until: Promise<unknown>; readonly after?: number }
  /** Waits for `durationMs` of the store's clock. */
  | { readonly kind: "delay"; readonly durationMs: number; readonly after?: number };

/** Says which calls have a fault. Of the rules that fit a call, the first one applies. */
export interface FaultRule {
  /** The kind of call. */
  readonly operation: FaultyOperation;
  /** The key it is made for (the prefix of a listing, the source of a copy); any when absent. */
  readonly key?: string;
  /** Which one of the calls of this kind and key, counted from 1; all of them when absent. */
  readonly nth?: number;
  /** What goes wrong. */
  readonly fault: Fault;
}

/** Resolves once `until` settles; rejects with `signal.reason` as soon as that is aborted. */
export function released(until: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const done = () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    };
    until.then(done, done);
  });
}
