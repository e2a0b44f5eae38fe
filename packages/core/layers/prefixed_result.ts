import type { Arrivals } from "../concurrency/range_hedges.ts";
import type { BodySum } from "../contract/body_sum.ts";
import type { EtagMd5 } from "../contract/etag_md5.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { Pour } from "../contract/pour.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";

/** A result with another `info`; the bytes are those of the result below. */
export class PrefixedResult implements GetResult {
  readonly info: ObjectInfo;
  readonly #inner: GetResult;

  constructor(inner: GetResult, info: ObjectInfo) {
    this.#inner = inner;
    this.info = info;
  }

  get range(): ResolvedRange {
    return this.#inner.range;
  }

  get bytesRead(): number {
    return this.#inner.bytesRead;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#inner.body;
  }

  readInto(target: Uint8Array): Promise<number> {
    return this.#inner.readInto(target);
  }

  get sum(): BodySum | undefined {
    return this.#inner.sum;
  }

  /** That of the result below, where it has one. */
  get pour(): Pour | undefined {
    const inner = this.#inner;
    return inner.pour?.bind(inner);
  }

  arrivals(): Arrivals | undefined {
    return this.#inner.arrivals?.();
  }

  etagMd5(): EtagMd5 | undefined {
    return this.#inner.etagMd5?.();
  }

  async hasStaleChecksums(): Promise<boolean> {
    return await this.#inner.hasStaleChecksums?.() ?? false;
  }

  cancel(reason?: unknown): Promise<void> {
    return this.#inner.cancel(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}
