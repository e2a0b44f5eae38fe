/**
 * What the engine and the stores of this repository share besides the contract. Nothing here is promised to anybody else:
 * it changes without notice.
 *
 * @module
 */
import type { ObjectStore } from "./object_store.ts";
import type { GetOptions, ObjectInfo, ResolvedRange } from "./types.ts";

export { mayHaveThreads } from "./may_have_threads.ts";

/** The name of a store's method that gives bytes at hand; see {@linkcode QuickStore}. */
export const bytesAtHand: unique symbol = Symbol("bytesAtHand");

/** Bytes that are read of a file while the event loop waits, at most: a read of more is never at hand. */
export const MOST_AT_HAND = 2 ** 20;

/** Bytes that were at hand. */
export interface ReadyBytes {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** The bytes that were asked for, within the object. */
  readonly range: ResolvedRange;
  /** Those bytes, in the memory that was given for them. */
  readonly bytes: Uint8Array;
}

/** A store that may have bytes at hand: small objects that lie in memory or in the system's cache. */
export interface QuickStore {
  /**
   * Does what `get` does, without a promise, where the bytes are at hand. It throws what `get` rejects with, and what
   * `allocate` throws.
   *
   * `allocate` is called once at most, and gives memory of exactly the answer's length (another is a `RangeError`) or
   * none. There is no result where the bytes are not at hand, would hold up others too long, or got no memory: then
   * `get` has the answer. Memory that was given and left unused holds arbitrary bytes.
   */
  [bytesAtHand](
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined;
}

/** What {@linkcode QuickStore} gives; nothing of a store that never has bytes at hand. */
export function getBytesAtHand(
  store: ObjectStore & Partial<QuickStore>,
  key: string,
  allocate: (length: number) => Uint8Array | undefined,
  options?: GetOptions,
): ReadyBytes | undefined {
  return store[bytesAtHand]?.(key, allocate, options);
}

/** Whether a store may have bytes at hand, if not now. */
export function mayHaveAtHand(store: ObjectStore & Partial<QuickStore>): boolean {
  return store[bytesAtHand] !== undefined;
}

/** The name of a store's method that fills several places from an object at hand; see {@linkcode QuickRanges}. */
export const rangesAtHand: unique symbol = Symbol("rangesAtHand");

/** A store that may have several ranges of an object at hand together, for less than one after the other. */
export interface QuickRanges {
  /**
   * Fills each `target` with the bytes of the object from its `offset` on, all of one version, without a promise, and gives
   * what the store says of the object. It throws what `get` rejects with. There is no result where the bytes are not at hand,
   * would hold up others too long, or are fewer: targets then hold arbitrary bytes, and `get` has the answer.
   */
  [rangesAtHand](
    key: string,
    ranges: readonly RangeToFill[],
    options?: GetOptions,
  ): ObjectInfo | undefined;
}

/** Bytes of an object, and where they go; never none. */
export interface RangeToFill {
  /** The first byte. */
  readonly offset: number;
  /** Where they go, as many as there is room for. */
  readonly target: Uint8Array;
}

/** What {@linkcode QuickRanges} gives; nothing of a store that never has several ranges at hand. */
export function fillAtHand(
  store: ObjectStore & Partial<QuickRanges>,
  key: string,
  ranges: readonly RangeToFill[],
  options?: GetOptions,
): ObjectInfo | undefined {
  return store[rangesAtHand]?.(key, ranges, options);
}

/** Calls `allocate`. Memory of another length than was asked for is a `RangeError`. */
export function allocateExactly(
  allocate: (length: number) => Uint8Array | undefined,
  length: number,
): Uint8Array | undefined {
  const bytes = allocate(length);
  if (bytes === undefined || bytes.length === length) return bytes;
  throw new RangeError(
    `Cannot read ${length} bytes into memory of ${bytes.length}: allocate gave the wrong length`,
  );
}

/** The name of a store's method that holds an object open; see {@linkcode HoldingStore}. */
export const holdAtHand: unique symbol = Symbol("holdAtHand");

/** An object that is held open, to be read at many places without asking for its name again. */
export interface HeldObject extends Disposable {
  /** Fills `target` with the bytes from `offset`, where they are at hand now; else `get` has them. */
  read(offset: number, target: Uint8Array): boolean;
  /** The same by another thread, at hand or not; one read at a time, which ends before it is disposed. */
  readLater(offset: number, target: Uint8Array): Promise<boolean>;
  /** Whether it is still as it was when it was opened. Until that is known, bytes may be of two versions. */
  isUnchanged(): boolean;
}

/** A store that may hold objects open: files in the system's cache. */
export interface HoldingStore {
  /** Opens an object without a promise, where that can be. It throws what `get` rejects with. */
  [holdAtHand](key: string, options?: GetOptions): HeldObject | undefined;
}

/** What {@linkcode HoldingStore} gives; nothing of a store that holds nothing open. */
export function holdObject(
  store: ObjectStore & Partial<HoldingStore>,
  key: string,
  options?: GetOptions,
): HeldObject | undefined {
  return store[holdAtHand]?.(key, options);
}

/** Whether a store may hold objects open, if not now. */
export function mayHoldObjects(store: ObjectStore & Partial<HoldingStore>): boolean {
  return store[holdAtHand] !== undefined;
}

/** The name of a store's method that has writes wait for the disk; see {@linkcode DurableStore}. */
export const waitForDisk: unique symbol = Symbol("waitForDisk");

/** A store that has what it was given on a disk only where it is asked to: local files. */
export interface DurableStore {
  /**
   * From now on writes and deletions of keys that begin with `prefix` are done once they are on the disk, names included,
   * unless the store was configured to wait for something else.
   */
  [waitForDisk](prefix: string): void;
}

/** Calls what {@linkcode DurableStore} has; of other stores what is written is durable already, or never is. */
export function keepDurable(store: ObjectStore & Partial<DurableStore>, prefix: string): void {
  store[waitForDisk]?.(prefix);
}

/** The name of what says how another thread reads a store's objects; see {@linkcode ThreadedStore}. */
export const readsElsewhere: unique symbol = Symbol("readsElsewhere");

/** A store whose objects at hand another thread can read as well as this one. */
export interface ThreadedStore {
  /** How; absent where another thread may not, or gains nothing. */
  readonly [readsElsewhere]?: ElsewhereReads | undefined;
}

/** How another thread reads objects that are at hand: as the store itself does, or not at all. */
export interface ElsewhereReads {
  /** The text of a {@linkcode PlaceReader}, the same of all stores of a kind. It uses nothing from outside. */
  readonly program: string;
  /** Names an object by values that can be sent; nothing where only `get` can have it. */
  placeOf(key: string): unknown;
  /** Is told of bytes that were read so, which the store counts as its own. */
  onRead(bytes: number): void;
}

/**
 * Fills `target` with the bytes of the object at a place, from `offset` on, and gives the object's size. Nothing where it is
 * not of that tag, has fewer bytes, changed meanwhile, or is in any way unusual: `get` then has the answer, or the error.
 * It may throw for the same reasons, and blocks its thread.
 */
export type PlaceReader = (
  place: unknown,
  etag: string,
  offset: number,
  target: Uint8Array,
) => number | undefined;

/** How another thread reads a store's objects; nothing where it cannot. */
export function elsewhereOf(store: ObjectStore & ThreadedStore): ElsewhereReads | undefined {
  return store[readsElsewhere];
}
