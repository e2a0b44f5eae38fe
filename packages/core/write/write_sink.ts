import type { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import type { PartFill } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";
import type { Bounds } from "../retry/bounds.ts";
import type { PartLimits } from "./part_size.ts";

/** One part of an object. */
export interface ObjectPart {
  /** Number, from 0. */
  readonly index: number;
  /** First byte, counted from the start of the object. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** What a service said while it took a part. */
export interface PartOutcome {
  /** Whether it asked for fewer requests before it took the part. */
  readonly throttled?: boolean;
}

/** Sends what lies in shared memory by other threads. */
export interface BulkSending {
  /** Says that so many bytes are about to be sent, and returns whether that pays; threads are started where it does. */
  expect(bytes: number): boolean;
}

/**
 * Where one object goes. A backend writes this, and {@linkcode createStreamWriter}, {@linkcode createPartWriter} and
 * {@linkcode writeInParts} do the rest: order, memory, part sizes, parts sent again, failures, aborts, and one end.
 *
 * A sink belongs to one write, and remembers what the service calls its parts. What it throws ends the write.
 * Every `signal` asks to end early; a call that succeeds all the same counts.
 */
export interface WriteSink {
  /** The object's URI, for messages. */
  readonly uri: string;
  /** What is done to it, as a verb phrase that reads before the URI; `write` by default. */
  readonly operation?: string;
  /** How many parts to write concurrently: a number, or a limit of the service, which then gives a permit for every part. */
  readonly concurrency: number | AdaptiveLimit;
  /** How long a throttled part is sent again, where `concurrency` is a limit; the library's bounds by default. */
  readonly bounds?: Pick<Bounds, "maxRetryAfterMs" | "patienceMs">;
  /** Parts are taken one at a time, from the first to the last. It may depend on the options of a write. */
  readonly ordered?: boolean;
  /**
   * What the service takes as parts. A stream is gathered into parts of such sizes. Without it, each chunk of a stream
   * is a part, taken from the chunk itself before the next one.
   */
  readonly partLimits?: PartLimits;
  /** Sends parts that lie in shared memory by threads of its own; absent where the sink has none. */
  readonly bulk?: BulkSending | undefined;
  /** Objects of at most so many bytes are put whole. Needs `putWhole` and `partLimits`. */
  readonly wholeUpTo?: number;
  /**
   * `drop` takes little time, since it asks no service. A call ended by the writer's signal then settles after `drop`,
   * otherwise before.
   */
  readonly dropsQuickly?: boolean;
  /** Makes the object, in one step and in place of `begin`, `writePart` and `commit`. */
  putWhole?(bytes: Uint8Array, signal: AbortSignal): Promise<PutResult>;
  /**
   * Called once, before the first part. One that fails leaves nothing behind. Its signal gives it some seconds after the
   * writer was given up, since what the service began and did not name cannot be dropped. A sink without it has begun
   * when it is made.
   */
  begin?(signal: AbortSignal): Promise<void>;
  /** Takes a part; `bytes` is in use until this settles. Up to `concurrency` calls run concurrently. */
  writePart(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<PartOutcome | void>;
  /**
   * Has a part written by somebody else: calls `fill` with its place in a file. Present where parts lie in one. What
   * `fill` resolves with is all of the part, with the checksums that were wanted.
   */
  readonly fillPart?: ((part: ObjectPart, fill: PartFill, signal: AbortSignal) => Promise<void>) | undefined;
  /** Makes the object of the parts, of `size` bytes together, in one step. Called once, when all of them are taken. */
  commit(size: number, signal: AbortSignal): Promise<PutResult>;
  /**
   * Makes a write resumable: names it, once it has begun, as an object of `size` bytes in parts of `partSize`. A sink that
   * has it has `leave`, and is dropped only where its writer is aborted.
   */
  token?(size: number, partSize: number): string;
  /**
   * Lets go of a resumable write, and leaves what it has. Called once, in place of `commit` or after it failed, when no
   * call is in flight. `drop` may follow.
   */
  leave?(signal: AbortSignal): Promise<void>;
  /**
   * Leaves nothing behind of what has begun. Called once, in place of `commit` or after it failed, when no call is in
   * flight. Its signal ends it after twenty seconds. What it throws is reported with `reason`, for which the write ended.
   */
  drop?(signal: AbortSignal, reason: unknown): Promise<void>;
}
