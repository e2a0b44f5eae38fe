import {
  type Clock,
  type EtagMd5,
  type GetResult,
  type ObjectInfo,
  type Poured,
  type PourTarget,
  type ResolvedRange,
  targetFault,
} from "@lade/core/backend";
import { type Fault, released } from "./fault.ts";

const STREAM_CHUNK = 2 ** 16;

/** What a {@linkcode FaultyResult} is made of. */
export interface FaultyResultSetup {
  readonly inner: GetResult;
  readonly fault: Fault | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onEnd: () => void;
}

/** A result whose body misbehaves. Nothing checks its bytes against its range. */
export class FaultyResult implements GetResult {
  readonly info: ObjectInfo;
  readonly range: ResolvedRange;
  readonly #setup: FaultyResultSetup;
  readonly #cancelled = new AbortController();
  readonly #signal: AbortSignal;
  #position = 0;
  #pending: Fault | undefined;
  #ended = false;
  #left = true;
  #reading = false;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(setup: FaultyResultSetup) {
    const { inner, fault, signal } = setup;
    this.#setup = setup;
    this.#pending = fault;
    this.info = fault?.kind === "etag" ? { ...inner.info, etag: fault.etag } : inner.info;
    this.range = inner.range;
    this.#signal = signal ? AbortSignal.any([signal, this.#cancelled.signal]) : this.#cancelled.signal;
    this.#signal.addEventListener("abort", () => this.#leave(), { once: true });
  }

  get bytesRead(): number {
    return this.#position;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream ??= new ReadableStream({
      type: "bytes",
      pull: async (controller) => {
        const view = controller.byobRequest?.view;
        const target = view
          ? new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
          : new Uint8Array(STREAM_CHUNK);
        const count = await this.#fill(target);
        if (count === 0) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else if (controller.byobRequest) {
          controller.byobRequest.respond(count);
        } else {
          controller.enqueue(target.subarray(0, count));
        }
      },
      cancel: (reason) => this.cancel(reason),
    });
  }

  readInto(target: Uint8Array): Promise<number> {
    if (this.#stream) {
      return Promise.reject(new TypeError("Cannot read into a buffer: the body is already read as a stream"));
    }
    if (this.#reading) {
      return Promise.reject(new TypeError("Cannot read: an earlier read has not settled"));
    }
    const fault = targetFault(target);
    return fault ? Promise.reject(fault) : this.#fill(target);
  }

  /** Pours what `readInto` would give, and refuses what it refuses. */
  async pour(target: PourTarget): Promise<Poured> {
    if (this.#stream) throw new TypeError("Cannot pour: the body is already read as a stream");
    if (this.#reading) throw new TypeError("Cannot pour: an earlier read has not settled");
    const { pourBody } = await import("@lade/core/pour");
    try {
      return await pourBody({ read: (memory) => this.#fill(memory) }, target);
    } catch (error) {
      await this.cancel(error);
      throw error;
    }
  }

  etagMd5(): EtagMd5 | undefined {
    return this.#setup.inner.etagMd5?.();
  }

  async hasStaleChecksums(): Promise<boolean> {
    return await this.#setup.inner.hasStaleChecksums?.() ?? false;
  }

  async cancel(reason?: unknown): Promise<void> {
    this.#cancelled.abort(reason);
    this.#leave();
    await this.#setup.inner.cancel(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel();
  }

  async #fill(target: Uint8Array): Promise<number> {
    this.#reading = true;
    try {
      let count = 0;
      while (count < target.length && !this.#ended) {
        await this.#act();
        if (this.#ended) break;
        count += await this.#read(target.subarray(count));
      }
      if (this.#ended || this.#position === this.#total) this.#leave();
      return count;
    } catch (error) {
      this.#leave();
      await this.#setup.inner.cancel(error);
      throw error;
    } finally {
      this.#reading = false;
    }
  }

  /** Does what the fault says once the body has come to it. */
  async #act(): Promise<void> {
    const fault = this.#pending;
    if (!fault || !("after" in fault) || fault.after !== this.#position) return;
    this.#pending = undefined;
    if (fault.kind === "throw") throw fault.error;
    if (fault.kind === "end") {
      this.#ended = true;
      await this.#setup.inner.cancel();
    } else if (fault.kind === "stall") await released(fault.until, this.#signal);
    else await this.#setup.clock.sleep(fault.durationMs, this.#signal);
  }

  async #read(target: Uint8Array): Promise<number> {
    const fault = this.#pending;
    const until = fault && "after" in fault ? fault.after - this.#position : Infinity;
    let count = await this.#setup.inner.readInto(target.subarray(0, until));
    if (fault?.kind === "corrupt") invert(target.subarray(0, count), fault.position - this.#position);
    if (count === 0 && fault?.kind === "extra") {
      count = Math.min(target.length, this.#total - this.#position);
      target.fill(0, 0, count);
    }
    this.#position += count;
    if (count === 0) this.#ended = true;
    return count;
  }

  get #total(): number {
    const fault = this.#setup.fault;
    return this.range.length + (fault?.kind === "extra" ? fault.count : 0);
  }

  #leave(): void {
    if (this.#left) this.#setup.onEnd();
    this.#left = false;
  }
}

function invert(bytes: Uint8Array, index: number): void {
  const byte = bytes[index];
  if (byte !== undefined) bytes[index] = byte ^ 0xff;
}
