import type { CallOptions, ObjectStore } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import type { Balance, UriRule } from "./uri_map.ts";

/** Finds the store of a URI and the key or prefix in it, as `Lade.locate` does. */
export type StoreResolver = (
  uri: string,
) => Promise<{ readonly store: ObjectStore; readonly key: string }>;

/** Which operations of a log are replayed, and where. */
export interface ReplayChoice {
  /** Where operations go. With rules, what none fits is passed over; without, all that only reads goes where it went. */
  readonly map?: readonly UriRule[];
  /** Which of several targets of a rule; `"sticky"` by default. */
  readonly balance?: Balance;
  /** Replays these alone, such as `GET` and `PUT`; all that can be by default. */
  readonly ops?: readonly string[];
  /** Replays operations on URIs of the log that begin so alone. */
  readonly prefix?: string;
  /** Passes over all that writes or deletes. */
  readonly readOnly?: boolean;
  /** Asks for what is known of an object in place of its bytes. */
  readonly asHead?: boolean;
  /**
   * Lets operations write and delete, below the targets of `map` alone. Each target must be empty, or have been a target
   * before: an object `lade-workload.json` says so.
   */
  readonly writes?: boolean;
  /** Rows that are read ahead to put them into the order of their starts; 65,536 by default. */
  readonly window?: number;
  /** What the log is called in messages; `op-log` by default. */
  readonly uri?: string;
}

/** Options of `replay()`. */
export interface ReplayOptions extends ReplayChoice, CallOptions {
  /**
   * How fast: 1, the default, is as fast as it was, 2 twice as fast, any number above 0. `"asap"` starts each operation as
   * soon as `maxInFlight` lets it, `"per-thread"` as soon as the one before it of the same thread of the log has ended.
   */
  readonly speed?: number | "asap" | "per-thread";
  /** Operations that run at a time, at most; 256 by default. Those that are not due do not count. */
  readonly maxInFlight?: number;
  /** Lets operations on one object overtake each other; they keep the order of the log by default. */
  readonly unorderedKeys?: boolean;
  /** Memory of content that is sent in one piece, at most; 256 MiB by default. */
  readonly maxBufferedBytes?: number;
  /**
   * Decides the content that is written, which is that of a `DataSource` by the key in its store; 0 by default. A whole number
   * below 2^53.
   */
  readonly seed?: number;
  /**
   * Compares what is read with what a replay of this seed writes, copies too: other bytes, or fewer than the log has, are a
   * `ChecksumMismatchError` of that read. Needs `unorderedKeys` and `asHead` to be absent; holds the names of what was copied.
   */
  readonly verify?: boolean;
  /** Called when an operation has ended, with the number of those that have, and of those that failed. It must not throw. */
  readonly onEnd?: (ended: number, failed: number) => void;
  /** Time; the system's by default. */
  readonly clock?: Clock;
}

/** Rows that wait for an object or a thread, at most. */
export const MOST_WAITING = 65_536;
/** Objects up to this size are put in one piece. */
export const ONE_PIECE = 8 * 2 ** 20;
