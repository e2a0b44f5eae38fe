import type { PutResult } from "../contract/types.ts";

/** One part of an object. */
export interface ObjectPart {
  /** Number, from 0. */
  readonly index: number;
  /** First byte, counted from the start of the object. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Where the parts of one object go. A backend writes this; {@linkcode createPartWriter} does the rest. */
export interface PartSink {
  /** Parts that may usefully be under way at once. */
  readonly concurrency: number;
  /** Writes a part; `bytes` is in use until this settles. `signal` asks to end early. Several calls are made at once. */
  write(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Makes the object visible. Called once, when every part is written; `signal` asks to end early. */
  finish(signal: AbortSignal): Promise<PutResult>;
  /** Leaves nothing behind. Called once, instead of or after a failed `finish`, when no call is under way. */
  drop(): Promise<void>;
}
