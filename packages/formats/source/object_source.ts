import {
  type CallOptions,
  getBytes,
  type ObjectInfo,
  type ObjectStore,
  readChunks,
  readInto,
  readRanges,
} from "@lade/core";
import { type StoreError, UnavailableError } from "@lade/core/errors";
import { type HeldObject, holdObject, mayHoldObjects } from "@lade/core/seams";
import type { ByteSource, SourceRange, StreamOptions } from "./byte_source.ts";
import { checkWithin } from "./check_within.ts";
import { streamAtHand } from "./stream_at_hand.ts";

/** Options of {@linkcode ObjectSource.open}. */
export interface ObjectSourceOptions extends CallOptions {
  /** Bytes of the first request, which are kept; 64 KiB by default. */
  readonly window?: number;
  /** Which bytes these are: the first ones, or for formats with a footer the last ones. `"start"` by default. */
  readonly at?: "start" | "end";
  /** Reads only while the object's etag is this one. */
  readonly ifMatch?: string;
  /** Reads this version of the object. */
  readonly version?: string;
  /** Bytes between two ranges that are read and dropped; the store's own choice by default. */
  readonly gap?: number;
}

const WINDOW = 64 * 2 ** 10;
/** Bytes of a piece that is looked at, where the system reads ahead by itself: few enough to be in a cache that cores share. */
const LOOKED_AT = 4 * 2 ** 20;
/** Pieces that are looked at, one after the other, while the next ones are read on other cores. */
const LOOKED_AT_TOGETHER = 3;
/** Bytes up to which a stream is read by this core alone where it is at hand: another needs longer to begin than it spares. */
const AT_HAND = 32 * 2 ** 20;
/** Bytes that are read ahead where they were not at hand, before it is seen whether those that follow are. */
const STRETCH = 64 * 2 ** 20;

/**
 * An object as a source. Its first or last bytes come with the request that finds out how large it is, and what lies in
 * them is never asked for again; every later request is held to the version of the first.
 */
export class ObjectSource implements ByteSource {
  /** The store that has the object. */
  readonly store: ObjectStore;
  /** Its key. */
  readonly key: string;
  /** What the store says of it. */
  readonly info: ObjectInfo;
  /** What errors name. */
  readonly uri: string;
  #window: Uint8Array;
  readonly #windowStart: number;
  readonly #options: ObjectSourceOptions;

  private constructor(
    { store, key, info, uri }: { store: ObjectStore; key: string; info: ObjectInfo; uri: string },
    window: Uint8Array,
    windowStart: number,
    options: ObjectSourceOptions,
  ) {
    this.store = store;
    this.key = key;
    this.info = info;
    this.uri = uri;
    this.#window = window;
    this.#windowStart = windowStart;
    this.#options = options;
  }

  /** Makes the first request. */
  static async open(
    store: ObjectStore,
    key: string,
    options: ObjectSourceOptions = {},
  ): Promise<ObjectSource> {
    const { window = WINDOW, at = "start" } = options;
    const range = at === "start" ? { offset: 0, length: window } : { suffixLength: window };
    const read = await getBytes(store, key, { ...pinned(options), range });
    const uri = store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
    return new ObjectSource({ store, key, info: read.info, uri }, read.bytes, read.range.offset, options);
  }

  /** Bytes in all. */
  get size(): number {
    return this.info.size;
  }

  /** Forgets the bytes of the first request: an object that stays open then takes no memory, and all that is read is asked for. */
  forget(): void {
    this.#window = new Uint8Array(0);
  }

  /** Reads `length` bytes from `offset`: those of the first request without another one. */
  async read(offset: number, length: number, options: CallOptions = {}): Promise<Uint8Array> {
    checkWithin(this, offset, length);
    const kept = this.#kept(offset, length);
    if (kept) return kept;
    const { bytes } = await getBytes(this.store, this.key, {
      ...this.#call(options),
      range: { offset, length },
    });
    if (bytes.length !== length) throw this.#cut(offset, length, bytes.length);
    return bytes;
  }

  /** Fills `target`, straight from where the bytes come. */
  async readInto(offset: number, target: Uint8Array, options: CallOptions = {}): Promise<void> {
    const { length } = target;
    checkWithin(this, offset, length);
    const kept = this.#kept(offset, length);
    if (kept) return target.set(kept);
    const { range } = await readInto(this.store, this.key, target, {
      ...this.#call(options),
      range: { offset, length },
    });
    if (range.length !== length) throw this.#cut(offset, length, range.length);
  }

  /** Reads several ranges, those near one another by one request. */
  async readRanges(
    ranges: readonly SourceRange[],
    options: CallOptions = {},
  ): Promise<readonly Uint8Array[]> {
    const bytes = new Array<Uint8Array>(ranges.length);
    const rest: number[] = [];
    ranges.forEach(({ offset, length, target }, index) => {
      checkWithin(this, offset, length);
      const kept = this.#kept(offset, length);
      if (!kept) rest.push(index);
      else if (target) {
        target.set(kept);
        bytes[index] = target;
      } else bytes[index] = kept;
    });
    if (rest.length === 0) return bytes;
    const { gap } = this.#options;
    const wanted = rest.flatMap((index) => ranges[index] ?? []);
    const call = { ...this.#call(options), ...(gap !== undefined && { gap }) };
    const read = await readRanges(this.store, this.key, wanted, call);
    rest.forEach((index, place) => bytes[index] = read.bytes[place] ?? new Uint8Array(0));
    return bytes;
  }

  /** Yields the bytes in order, read ahead; what came with the first request is not asked for again. */
  async *stream(
    { offset = 0, end = this.size, isLookedAt = false, ...options }: StreamOptions = {},
  ): AsyncIterable<Uint8Array> {
    checkWithin(this, offset, Math.max(end - offset, 0));
    let at = offset;
    const windowEnd = this.#windowStart + this.#window.length;
    if (at >= this.#windowStart && at < Math.min(windowEnd, end)) {
      const until = Math.min(windowEnd, end);
      const kept = this.#kept(at, until - at);
      if (kept) yield kept;
      at = until;
    }
    const { store, store: { context } } = this;
    const call = this.#call(options);
    const hold = () => this.hold();
    while (at < end) {
      const isShared = end - at > AT_HAND && navigator.hardwareConcurrency > 1;
      const isHeld = this.#mayBeHeld && (isLookedAt || !isShared);
      if (isHeld) {
        at = yield* streamAtHand({ ...call, source: this, hold, context, offset: at, end, isShared });
      }
      if (at === end) return;
      // What is not at hand now may be some time later.
      const until = isHeld ? Math.min(at + STRETCH, end) : end;
      await using read = await readChunks(store, this.key, {
        ...call,
        range: { offset: at, length: until - at },
        ...(isLookedAt && store.readHints.sequentialConcurrency !== undefined &&
          { chunkSize: LOOKED_AT, concurrency: LOOKED_AT_TOGETHER }),
      });
      for await (const chunk of read) {
        at += chunk.length;
        yield chunk;
      }
      if (at !== until) throw this.#cut(offset, end - offset, at - offset);
    }
  }

  /**
   * Holds the object open where its store can, for many small reads that need no promise then. Whoever asks disposes it, and
   * asks whether the object is unchanged before what was read counts.
   */
  hold(): HeldObject | undefined {
    const { ifMatch } = this.#call({});
    return this.#mayBeHeld && ifMatch !== undefined
      ? holdObject(this.store, this.key, { ifMatch })
      : undefined;
  }

  get #mayBeHeld(): boolean {
    const { ifMatch, version } = this.#call({});
    return ifMatch !== undefined && version === undefined && mayHoldObjects(this.store);
  }

  #kept(offset: number, length: number): Uint8Array | undefined {
    // No store has a range of no bytes.
    if (length === 0) return this.#window.subarray(0, 0);
    const start = offset - this.#windowStart;
    return start >= 0 && start + length <= this.#window.length
      ? this.#window.subarray(start, start + length)
      : undefined;
  }

  #call({ signal = this.#options.signal }: CallOptions) {
    const { etag, version } = this.info;
    const { version: asked = etag === undefined ? version : undefined } = this.#options;
    return {
      ...(etag !== undefined && { ifMatch: etag }),
      ...(asked !== undefined && { version: asked }),
      ...(signal && { signal }),
    };
  }

  #cut(offset: number, length: number, got: number): StoreError {
    const detail = `${got} of the ${length} bytes from ${offset} came`;
    return new UnavailableError({ operation: "get", uri: this.uri, detail });
  }
}

function pinned({ signal, ifMatch, version }: ObjectSourceOptions) {
  return {
    ...(signal && { signal }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(version !== undefined && { version }),
  };
}
