import { targetFault } from "./target_fault.ts";
import type { Arrivals } from "../concurrency/range_hedges.ts";
import { followAbort } from "../concurrency/follow_abort.ts";
import type { BodySum } from "../contract/body_sum.ts";
import type { EtagMd5 } from "../contract/etag_md5.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { Poured, PourTarget } from "../contract/pour.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";
import { UnavailableError } from "../errors/errors.ts";
import type { BodySource } from "./body_source.ts";

/** What {@linkcode createGetResult} puts together. */
export interface GetResultSetup {
  /** What the store says of the whole object. */
  readonly info: ObjectInfo;
  /** The bytes that `source` gives. */
  readonly range: ResolvedRange;
  /** Gives the bytes. */
  readonly source: BodySource;
  /** The object's URI, for messages. */
  readonly uri: string;
  /** Returns the MD5 that the object's etag is or may be. */
  readonly etagMd5?: (() => EtagMd5 | undefined) | undefined;
  /** What `source` computes of the bytes that it gives, where those are all of the object. */
  readonly sum?: BodySum | undefined;
  /** Finds out whether the checksums of `info` are of an object that is gone. */
  readonly hasStaleChecksums?: (() => Promise<boolean>) | undefined;
  /** Ends the read; pending and later reads reject with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the source, too, ends once the signal is aborted, and rejects a pending read with its reason. */
  readonly sourceHasSignal?: boolean;
}

const STREAM_CHUNK = 2 ** 20;

/**
 * Makes a {@linkcode GetResult} of a source of bytes: it counts them against the range, closes the source exactly
 * once, turns an early end into an `UnavailableError`, and makes a web stream only when asked for one.
 */
export function createGetResult(setup: GetResultSetup): GetResult {
  return new SourceResult(setup);
}

class SourceResult implements GetResult {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange;
  readonly sum: BodySum | undefined;
  readonly #source: BodySource;
  readonly #uri: string;
  readonly #etagMd5: (() => EtagMd5 | undefined) | undefined;
  readonly #hasStaleChecksums: GetResultSetup["hasStaleChecksums"];
  #remaining: number;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #closed = false;
  #closing: void | Promise<void> = undefined;
  /** Only looked at: its listeners are a list, which takes the longer to change the more reads there are. */
  readonly #signal: AbortSignal | undefined;
  #forgetSignal: (() => void) | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #reading = false;

  constructor(setup: GetResultSetup) {
    this.info = setup.info;
    this.range = setup.range;
    this.sum = setup.sum;
    this.#source = setup.source;
    this.#uri = setup.uri;
    this.#etagMd5 = setup.etagMd5;
    this.#hasStaleChecksums = setup.hasStaleChecksums;
    this.#remaining = setup.range.length;
    if (setup.sourceHasSignal) this.#signal = setup.signal;
    else if (setup.signal) this.#follow(setup.signal);
  }

  get bytesRead(): number {
    return this.range.length - this.#remaining;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream ??= new ReadableStream({
      type: "bytes",
      pull: async (controller) => {
        const request = controller.byobRequest;
        const view = request?.view;
        const target = view
          ? new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
          : new Uint8Array(Math.min(STREAM_CHUNK, this.#remaining));
        const count = await this.#read(target, false);
        if (count > 0) {
          if (request) request.respond(count);
          else controller.enqueue(target.subarray(0, count));
        }
        if (this.#remaining === 0) {
          controller.close();
          if (count === 0) controller.byobRequest?.respond(0);
        }
      },
      cancel: (reason) => this.cancel(reason),
    });
  }

  readInto(target: Uint8Array): Promise<number> {
    if (this.#stream) {
      return Promise.reject(new TypeError("Cannot read into a buffer: the body is already read as a stream"));
    }
    const fault = targetFault(target);
    return fault ? Promise.reject(fault) : this.#read(target, true);
  }

  async pour(target: PourTarget): Promise<Poured> {
    if (this.#stream) throw new TypeError("Cannot pour: the body is already read as a stream");
    if (this.#reading) throw new TypeError("Cannot pour: an earlier read has not settled");
    const left = this.#remaining;
    const { length } = target.to;
    if (length !== left) {
      const uri = JSON.stringify(this.#uri);
      throw new RangeError(`Cannot pour ${uri}: ${left} bytes are left for a place of ${length}`);
    }
    this.#reading = true;
    try {
      return await this.#pourAll(target, left);
    } catch (error) {
      this.#failure ??= { reason: error };
      await this.cancel(error);
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  arrivals(): Arrivals | undefined {
    return this.#source.arrivals?.();
  }

  etagMd5(): EtagMd5 | undefined {
    return this.#etagMd5?.();
  }

  async hasStaleChecksums(): Promise<boolean> {
    return await this.#hasStaleChecksums?.() ?? false;
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#failure ??= {
      reason: reason ?? new DOMException("The read was cancelled", "AbortError"),
    };
    try {
      await this.#close(false, reason);
    } catch {
      // A source that fails to close after the reader gave up has nothing left to report.
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  async #read(target: Uint8Array, fill: boolean): Promise<number> {
    this.#throwIfFailed();
    if (this.#reading) throw new TypeError("Cannot read: an earlier read has not settled");
    this.#reading = true;
    try {
      let count = 0;
      const wanted = Math.min(target.length, this.#remaining);
      while (count < wanted) {
        // Making another view takes longer than a look whether it is needed.
        const rest = count === 0 && wanted === target.length ? target : target.subarray(count, wanted);
        const coming = this.#source.read(rest, fill ? wanted - count : 1);
        const got = typeof coming === "number" ? coming : await coming;
        // What came is counted even if the reader gave up meanwhile.
        count += got;
        this.#remaining -= got;
        if (typeof coming !== "number") this.#throwIfFailed();
        if (got === 0) throw this.#endedEarly();
        if (!fill) break;
      }
      // At least one step later, so that a second call made meanwhile is refused whatever the source.
      await (this.#remaining === 0 ? this.#close(true) : undefined);
      return count;
    } catch (error) {
      this.#failure ??= { reason: error };
      await this.cancel(error);
      throw this.#failure.reason;
    } finally {
      this.#reading = false;
    }
  }

  /** Only what is wrong with the place is thrown. */
  async #pourAll(target: PourTarget, left: number): Promise<Poured> {
    const onBytes = (count: number) => {
      this.#remaining -= count;
      target.onBytes?.(count);
    };
    let poured: Poured = { bytes: 0, sums: {} };
    try {
      this.#throwIfFailed();
    } catch (error) {
      return { ...poured, failure: { error } };
    }
    const counted = { ...target, onBytes };
    poured = this.#source.pour
      ? await this.#source.pour(counted)
      : await (await import("./pour_body.ts")).pourBody(this.#source, counted);
    this.#remaining = left - poured.bytes;
    try {
      if (poured.failure) throw poured.failure.error;
      this.#throwIfFailed();
      if (this.#remaining > 0) throw this.#endedEarly();
      await this.#close(true);
      return poured;
    } catch (error) {
      this.#failure ??= { reason: error };
      await this.cancel(error);
      return { ...poured, failure: { error: this.#failure.reason } };
    }
  }

  #throwIfFailed(): void {
    if (this.#signal?.aborted && !this.#closed) this.#failure ??= { reason: this.#signal.reason };
    if (this.#failure) throw this.#failure.reason;
  }

  #endedEarly(): UnavailableError {
    const { length } = this.range;
    return new UnavailableError({
      operation: "get",
      uri: this.#uri,
      detail: `the body ended after ${this.bytesRead} of ${length} bytes`,
    });
  }

  #close(complete: boolean, reason?: unknown): void | Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#forgetSignal?.();
      this.#closing = this.#source.close(complete, reason);
    }
    return this.#closing;
  }

  #follow(signal: AbortSignal): void {
    const handleEvent = () => void this.cancel(signal.reason);
    if (signal.aborted) handleEvent();
    else this.#forgetSignal = followAbort(signal, { handleEvent });
  }
}
