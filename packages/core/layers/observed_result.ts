import type { Arrivals } from "../concurrency/range_hedges.ts";
import type { BodySum } from "../contract/body_sum.ts";
import type { EtagMd5 } from "../contract/etag_md5.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { Pour, Poured, PourTarget } from "../contract/pour.ts";
import type { ObjectInfo, ResolvedRange } from "../contract/types.ts";
import type { Observation } from "./observation.ts";

const STREAM_CHUNK = 2 ** 20;

/** A result that reports when its body is read to the end, given up, or failed. */
export class ObservedResult implements GetResult {
  readonly #inner: GetResult;
  readonly #observation: Observation;
  #reading = false;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(inner: GetResult, observation: Observation, signal: AbortSignal | undefined) {
    this.#inner = inner;
    this.#observation = observation;
    observation.range = inner.range;
    observation.failOnAbort(signal);
  }

  get info(): ObjectInfo {
    return this.#inner.info;
  }

  get range(): ResolvedRange {
    return this.#inner.range;
  }

  get bytesRead(): number {
    return this.#inner.bytesRead;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream ??= this.#tap(this.#inner.body.getReader({ mode: "byob" }));
  }

  async readInto(target: Uint8Array): Promise<number> {
    // A call out of turn is refused by the result below and does not end the read.
    if (this.#reading || this.#stream) return await this.#inner.readInto(target);
    this.#reading = true;
    try {
      return await this.#observe(() => this.#inner.readInto(target));
    } finally {
      this.#reading = false;
    }
  }

  get sum(): BodySum | undefined {
    return this.#inner.sum;
  }

  get pour(): Pour | undefined {
    const pour = this.#inner.pour?.bind(this.#inner);
    return pour && ((target) => this.#pour(pour, target));
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

  async cancel(reason?: unknown): Promise<void> {
    this.#observation.bytes = this.#inner.bytesRead;
    this.#observation.finish(!this.#isComplete);
    await this.#inner.cancel(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  async #pour(pour: Pour, target: PourTarget): Promise<Poured> {
    if (this.#reading || this.#stream) return await pour(target);
    this.#reading = true;
    let poured: Poured | undefined;
    const onBytes = (count: number) => {
      this.#observation.markFirst();
      target.onBytes?.(count);
    };
    try {
      return await this.#observe(async () => {
        poured = await pour({ ...target, onBytes });
        if (poured.failure) throw poured.failure.error;
        return poured;
      });
    } catch (error) {
      if (poured?.failure) return poured;
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  get #isComplete(): boolean {
    return this.#inner.bytesRead === this.#inner.range.length;
  }

  async #observe<T>(read: () => Promise<T>): Promise<T> {
    try {
      const value = await read();
      this.#observation.bytes = this.#inner.bytesRead;
      if (this.#inner.bytesRead > 0) this.#observation.markFirst();
      if (this.#isComplete) this.#observation.finish();
      return value;
    } catch (error) {
      this.#observation.bytes = this.#inner.bytesRead;
      this.#observation.fail(error);
      throw error;
    }
  }

  #tap(reader: ReadableStreamBYOBReader): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      type: "bytes",
      pull: async (controller) => {
        const request = controller.byobRequest;
        const view = request?.view;
        const target = view
          ? new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
          : new Uint8Array(Math.min(STREAM_CHUNK, this.range.length) || 1);
        const { done, value } = await this.#observe(() => reader.read(target));
        if (done) controller.close();
        // The view's buffer has moved to `value`, which is empty at the end.
        if (request && value) request.respondWithNewView(value);
        else if (!done) controller.enqueue(value);
      },
      cancel: async (reason) => {
        this.#observation.bytes = this.#inner.bytesRead;
        this.#observation.finish(!this.#isComplete);
        await reader.cancel(reason);
      },
    });
  }
}
