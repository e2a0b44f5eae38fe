import type { CombinableName } from "@lade/codec/checksum";
import type { BodySum } from "../contract/body_sum.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { Poured, PourTarget } from "../contract/pour.ts";
import { mayHaveAtHand } from "../contract/seams.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";
import type { Permit } from "../concurrency/adaptive_limit.ts";
import { ChecksumMismatchError, ServiceError, ThrottledError } from "../errors/errors.ts";
import { StoreError } from "../errors/store_error.ts";
import { objectUri } from "../uri/check_key.ts";
import { ChecksumCollector } from "./checksum_collector.ts";
import { type ChunkReception, type ChunkSink, PourReception, ReadReception } from "./chunk_reception.ts";
import { CombinedChecksums, type OrderedSums } from "./chunk_sums.ts";
import type { EtagGuard } from "./etag_guard.ts";
import { type Patience, patienceWith, pause } from "./patience.ts";
import { alignedEnd, chunksUpTo } from "./chunk_plan.ts";
import { cancelBy } from "./cancel_by.ts";
import {
  acquirePermit,
  changedWhileRead,
  checkFirst,
  endedEarly,
  firstRange,
  getOptions,
  wholeOptions,
  wrongRange,
} from "./read_requests.ts";
import type { ReadOptions, ReadResult } from "./read_options.ts";
import { resolveRange } from "./resolve_range.ts";
import { slowRange } from "./slow_range.ts";
import { SingleBody } from "./single_body.ts";

/** Tries in a row that bring no byte. */
const MAX_FUTILE_TRIES = 5;
/** Bytes that are checked at a time. */
const CHECKSUM_STEP = 2 ** 20;

/**
 * One read of one object: the answered first request, the plan of chunks that follows from it, and the means to
 * fetch each of them. Every chunk after the first is pinned to the first one's etag or version; where it has neither, nor a
 * checksum that is compared at the end, all of them come from one request, in order; a chunk that breaks off goes on
 * at its next byte.
 */
export class ObjectRead {
  /** What the store says of the whole object. */
  info: ObjectInfo;
  /** All bytes of this read, within the object. */
  range: ResolvedRange;
  /** The chunk at `index`, ascending, which is cut when it is first asked for; none past the end. */
  chunkAt(index: number): ResolvedRange | undefined {
    const { offset, length } = this.range;
    while (index >= this.#chunks.length && this.#planned < offset + length) {
      const next = Math.min(offset + length, alignedEnd(this.#planned, this.#step, this.#alignment));
      this.#chunks.push({ offset: this.#planned, length: next - this.#planned });
      this.#planned = next;
    }
    return this.#chunks[index];
  }

  /** Whether a chunk is the last one. */
  isLast({ offset, length }: ResolvedRange): boolean {
    return offset + length === this.range.offset + this.range.length;
  }

  /** Whether one chunk holds all bytes. */
  get isWhole(): boolean {
    return this.chunkAt(0)?.length === this.range.length;
  }

  /** The chunk whose request is already answered; it is best fetched before the others. */
  firstIndex: number;
  readonly #store: ObjectStore;
  readonly #options: ReadOptions;
  readonly #uri: string;
  readonly #step: number;
  readonly #alignment: number;
  /** Those that are cut. A service can claim any size, so a list of all of them might not fit into memory. */
  #chunks: ResolvedRange[];
  /** Where the next one is to be cut. */
  #planned: number;
  #checksums: ChecksumCollector;
  #first: GetResult | undefined;
  #single: SingleBody | undefined;
  #firstPermit: Permit | undefined;
  /** Bytes that came. */
  #taken = 0;
  readonly #guard: EtagGuard | undefined;
  /** The answer that says what the store has of the object. */
  readonly #told: GetResult;

  private constructor(
    store: ObjectStore,
    options: ReadOptions,
    uri: string,
    first: GetResult,
    firstPermit: Permit | undefined,
    guard: EtagGuard | undefined,
  ) {
    const { info } = first;
    if (guard) guard.told = first.etagMd5?.();
    this.#guard = guard;
    this.#told = first;
    const { chunkSize = "auto" } = options;
    const hints = store.readHints;
    this.#store = store;
    this.#options = options;
    this.#uri = uri;
    this.#first = first;
    this.#firstPermit = firstPermit;
    this.info = info;
    this.range = resolveRange(options.range, info.size, uri);
    this.#step = chunkSize === "auto" ? hints.chunkSize : chunkSize;
    this.#alignment = hints.alignment;
    const fromStart = first.range.offset === this.range.offset;
    this.#chunks = fromStart
      ? [first.range]
      : chunksUpTo(first.range, this.range, this.#step, this.#alignment);
    this.#planned = fromStart ? first.range.offset + first.range.length : Infinity;
    this.firstIndex = fromStart ? 0 : this.#chunks.length - 1;
    this.#checksums = this.#collector();
  }

  /** Makes the first request. A `guard` holds what has no checksum against its etag. */
  static async open(
    store: ObjectStore,
    key: string,
    options: ReadOptions,
    guard?: EtagGuard,
  ): Promise<ObjectRead> {
    const asked = firstRange(store, options);
    let permit = acquirePermit(store, options, options.signal);
    if (permit instanceof Promise) permit = await permit;
    let first: GetResult | undefined;
    try {
      first = await store.get(key, getOptions(asked, options.ifMatch, options.version, options.signal));
      const uri = objectUri(store.uri, first.info.key);
      checkFirst(first, asked, uri);
      const read = new ObjectRead(store, options, uri, first, permit, guard);
      if (!read.#isPinned && !read.isWhole) {
        await first.cancel();
        first = await store.get(key, wholeOptions(options));
        read.#readSingly(first);
      }
      options.onProgress?.({ type: "sized", key, size: read.range.length });
      return read;
    } catch (error) {
      permit?.done({ bytes: 0, throttled: error instanceof ThrottledError });
      await first?.cancel(error);
      throw error;
    }
  }

  /** Whether several requests are held to one content: by a tag or version of it, or by its checksum. */
  get #isPinned(): boolean {
    const { etag, version } = this.info;
    return etag !== undefined || version !== undefined || this.#checksums.compares;
  }

  /** Takes all bytes from one answer, in order. */
  #readSingly(answer: GetResult): void {
    const { info } = answer;
    const { range } = this.#options;
    this.info = info;
    this.range = resolveRange(range, info.size, this.#uri);
    checkFirst(answer, range ?? { offset: 0 }, this.#uri);
    this.#chunks = this.range.length === 0 ? [this.range] : [];
    this.#planned = this.range.offset;
    this.firstIndex = 0;
    this.#checksums = this.#collector();
    this.#first = undefined;
    this.#single = new SingleBody(answer, this.#ask);
  }

  /**
   * Forgets the chunks, before anything is fetched, so that {@linkcode append} cuts them again as they are fetched.
   * Only for a read whose first chunk is answered. `checksum` says what is computed, in place of the read's options.
   */
  beginAnew(checksum?: ReadOptions["checksum"]): void {
    this.#chunks = [];
    this.#planned = Infinity;
    this.#checksums = this.#collector(checksum);
  }

  /** Adds the chunk that follows the last one, and gives its index. */
  append(chunk: ResolvedRange): number {
    return this.#chunks.push(chunk) - 1;
  }

  /**
   * Fetches the chunk at `index` into `target`, of its length, or piece by piece into a sink. The memory is in use until
   * this settles. What a sink throws is thrown on.
   */
  async fetch(index: number, target: Uint8Array | ChunkSink, signal: AbortSignal | undefined): Promise<void> {
    const chunk = this.#chunk(index);
    const isAll = target instanceof Uint8Array && chunk.length === this.info.size;
    const firstSum = index === this.firstIndex ? this.#first?.sum : undefined;
    // What one answer computes of the whole object is not computed again.
    let sum = isAll && this.#checksums.isComputedBy(firstSum) ? firstSum : undefined;
    // In steps after which a checksum finds the bytes in the core's own cache. A limit that climbs goes by what has come;
    // what may be at hand comes all at once, and its steps would be taken in this thread, one chunk after the other.
    const { limits: { read: limit } } = this.#store;
    const inSteps = (this.#checksums.active && !sum) || (limit.climbing && !mayHaveAtHand(this.#store));
    const reception = new ReadReception(chunk, target, inSteps ? CHECKSUM_STEP : chunk.length, {
      took: (offset, piece, count) => this.#take(index, offset, piece, count, sum),
      endedEarly: (count, length) => endedEarly(this.#uri, count, length),
      brokeOff: (done) => {
        // What is left comes by another answer.
        if (sum && isAll) this.#checksums.add(index, chunk.offset, target.subarray(0, done));
        sum = undefined;
      },
    });
    await this.#receive(index, reception, signal);
    if (sum) this.#checksums.take(sum);
  }

  /**
   * Pours the chunk at `index` into `to`, a place of its length, with the checksums by the algorithms of `sums`. The
   * place is in use until this settles. Only for a read that is not `ordered`.
   */
  async pour(
    index: number,
    to: PourTarget["to"],
    sums: readonly CombinableName[],
    signal: AbortSignal | undefined,
  ): Promise<Poured> {
    const own = this.#checksums.combinable;
    const all = own === undefined || sums.includes(own) ? sums : [...sums, own];
    const total = new CombinedChecksums(sums);
    let writingMs = 0;
    const target = { to, sums: all, buffers: this.#store.context.buffers, onBytes: this.#count };
    const reception = new PourReception(target, {
      poured: ({ sums, bytes, writingMs: tookMs = 0 }) => {
        this.#checksums.addSum(index, sums, bytes);
        total.add(sums, bytes);
        writingMs += tookMs;
      },
      endedEarly: (count, length) => endedEarly(this.#uri, count, length),
    });
    await this.#receive(index, reception, signal, true);
    return { bytes: to.length, sums: total.checksums, writingMs };
  }

  async #receive(
    index: number,
    reception: ChunkReception,
    signal: AbortSignal | undefined,
    pours = false,
  ): Promise<void> {
    const chunk = this.#chunk(index);
    let result = index === this.firstIndex ? this.#first : undefined;
    let permit: Permit | undefined;
    if (result || (this.#single && index === 0)) {
      permit = this.#firstPermit;
      this.#first = this.#firstPermit = undefined;
    }
    // Waits without a permit, so that a chunk before it never waits for one that it holds.
    await this.#single?.turn(chunk.offset, signal);
    using _followed = result && signal !== this.#options.signal ? cancelBy(result, signal) : undefined;
    using slow = this.#single ? undefined : slowRange(this.#store, this.#ask, signal);
    let patience: Patience | undefined;
    for (let futile = 0;;) {
      const before = reception.done;
      try {
        permit ??= await acquirePermit(this.#store, this.#options, signal);
        const due = chunk.length - before;
        result ??= await this.#request(chunk.offset + before, due, signal, patience, pours);
        permit?.moved(0, due);
        slow?.follow(result);
        await reception.receive(result, permit);
        permit?.done({ bytes: 0 });
        return;
      } catch (error) {
        const { done, hasNoPlace } = reception;
        await result?.cancel(error);
        reception.brokeOff();
        const isOver = hasNoPlace || done === chunk.length;
        result = isOver ? undefined : await slow?.goOn(chunk.offset + done, error);
        if (result) continue;
        if (!hasNoPlace && slow?.isOvertaken(error)) {
          // Where the second answer failed too, what is left is asked for anew.
          if (done < chunk.length) continue;
          // The last bytes came after all, and compare as those of any other answer.
          permit?.done({ bytes: done - before });
          return;
        }
        permit?.done({ bytes: done - before, throttled: error instanceof ThrottledError });
        permit = undefined;
        signal?.throwIfAborted();
        // Bytes that all came and proved wrong in the end are not put right by going on at the next one.
        if (isOver) throw error;
        futile = done > before ? 1 : futile + 1;
        if (!(error instanceof StoreError && error.retryable) || futile > MAX_FUTILE_TRIES) throw error;
        const judged = (patience ??= patienceWith(this.#store, this.#uri)).judge(error, done > before);
        if ("end" in judged) throw judged.end;
        this.#options.onProgress?.({ type: "resumed", key: this.info.key, error });
        await pause(this.#store, futile, error.retryAfterMs ?? 0, judged.leftMs, signal);
      }
    }
  }

  /**
   * The digest of this read, where it needs the bytes in order: the memory of each chunk then stays as it is until it had
   * its turn.
   */
  get ordered(): OrderedSums | undefined {
    return this.#checksums.ordered;
  }

  /** Gives back the permit of the first request, for a caller that has to wait before it fetches. */
  releasePermit(): void {
    this.#firstPermit?.done({ bytes: 0 });
    this.#firstPermit = undefined;
  }

  /** Compares checksums, once every chunk is fetched, and returns what was read. A misfit is a `ChecksumMismatchError`. */
  async finish(): Promise<ReadResult> {
    const { info, range } = this;
    try {
      return { info, range, ...this.#checksums.finish(this.#uri) };
    } catch (error) {
      if (!(error instanceof ChecksumMismatchError) || !await this.#told.hasStaleChecksums?.()) throw error;
      return { info, range, ...this.#checksums.finishStale() };
    }
  }

  /** Frees the first answer if nobody fetched it. */
  async close(reason?: unknown): Promise<void> {
    this.releasePermit();
    const first = this.#first;
    this.#first = undefined;
    await first?.cancel(reason);
    await this.#single?.cancel(reason);
  }

  /** Counts the next bytes of a chunk, at the start of `piece` and from `offset` of the object on; `sum` has them already. */
  #take(index: number, offset: number, piece: Uint8Array, count: number, sum?: BodySum): void {
    if (count === 0) return;
    if (!sum) this.#checksums.add(index, offset, count === piece.length ? piece : piece.subarray(0, count));
    this.#count(count);
  }

  readonly #count = (bytes: number) => {
    this.#taken += bytes;
    this.#options.onProgress?.({ type: "bytes", key: this.info.key, bytes });
  };

  #collector(checksum = this.#options.checksum ?? "auto"): ChecksumCollector {
    return new ChecksumCollector(this.info, this.range, this.#chunks, checksum, this.#guard);
  }

  async #request(
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
    patience: Patience | undefined,
    pours: boolean,
  ): Promise<GetResult> {
    const single = this.#single;
    const left = pours ? this.range.length - this.#taken : undefined;
    const ask = (signal: AbortSignal | undefined) =>
      single ? single.view({ offset, length }, signal) : this.#ask(offset, length, signal, left);
    return await (patience ? patience.within(signal, ask) : ask(signal));
  }

  /** Asks for more of the object, which has to be the one that was answered first. */
  readonly #ask = async (
    offset: number,
    length: number,
    signal: AbortSignal | undefined,
    pours?: number,
  ): Promise<GetResult> => {
    const { etag, key, size, lastModified, version } = this.info;
    const pinned = this.#options.version ?? (etag === undefined ? version : undefined);
    const options = getOptions({ offset, length }, etag, pinned, signal, pours);
    const result = await this.#store.get(key, options).catch((error) => {
      throw changedWhileRead(this.#uri, error);
    });
    const same = result.info.etag === etag && result.info.size === size &&
      (etag !== undefined ||
        (result.info.version === version && result.info.lastModified.getTime() === lastModified.getTime()));
    const exact = result.range.offset === offset && result.range.length === length;
    if (same && exact) return result;
    const error = same
      ? new ServiceError({
        operation: "get",
        uri: this.#uri,
        detail: wrongRange({ offset, length }, result.range),
      })
      : changedWhileRead(this.#uri);
    await result.cancel(error);
    throw error;
  };

  #chunk(index: number): ResolvedRange {
    const chunk = this.chunkAt(index);
    if (!chunk) throw new RangeError(`Cannot fetch chunk ${index}: there are ${this.#chunks.length}`);
    return chunk;
  }
}
