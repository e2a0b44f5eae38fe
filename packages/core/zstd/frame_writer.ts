import type { ByteBudget } from "../context/byte_budget.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { continuedHeader } from "./continued_frame.ts";
import { type FrameBuffer, FrameBuffers } from "./frame_buffers.ts";
import { parseFrameHeader } from "./frame_header.ts";
import type { CompressJob } from "./zstd_job.ts";
import type { ZstdPlan } from "./zstd_plan.ts";
import type { WorkerPool } from "./worker_pool.ts";
import { ZstdJobError, ZstdWorkerError } from "./zstd_worker.ts";
import type { ZstdWriter } from "./with_zstd.ts";

/** What a {@linkcode FrameWriter} is made of. */
export interface FrameWriterConfig {
  readonly level: number;
  readonly frameSize: number;
  readonly plan: ZstdPlan;
  readonly pool: WorkerPool;
  /** Whether the pool ends with the writer. */
  readonly ownsPool: boolean;
  readonly budget: ByteBudget | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onFrame: ((bytes: number) => void) | undefined;
}

type Pieces = readonly Uint8Array<ArrayBuffer>[];

/** Gathers frames, has them compressed several at a time, and writes them in order. */
export class FrameWriter implements ZstdWriter {
  readonly #inner: ObjectWriter;
  readonly #config: FrameWriterConfig;
  readonly #buffers: FrameBuffers;
  /** Ends the jobs of a writer that fails or is aborted. */
  readonly #jobs = new AbortController();
  #buffer: FrameBuffer | undefined;
  #filled = 0;
  #bytesWritten = 0;
  #framedBytes = 0;
  #compressedBytes = 0;
  #frames = 0;
  #compressing = 0;
  #unwritten = 0;
  #calls: Promise<unknown> = Promise.resolve();
  #written: Promise<void> = Promise.resolve();
  #changed = Promise.withResolvers<void>();
  #end: { readonly error: unknown; readonly aborted?: Promise<void> } | undefined;

  constructor(inner: ObjectWriter, config: FrameWriterConfig) {
    this.#inner = inner;
    this.#config = config;
    const { frameSize, budget, pool, signal } = config;
    this.#buffers = new FrameBuffers({ frameSize, budget, most: pool.workers + 1 });
    if (signal?.aborted) this.#onAbort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  get compressedBytes(): number {
    return this.#compressedBytes;
  }

  get ratio(): number | undefined {
    return this.#compressedBytes === 0 ? undefined : this.#framedBytes / this.#compressedBytes;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#accept(chunk));
  }

  close(): Promise<PutResult> {
    return this.#inTurn(async () => {
      const small = this.#frames === 0 && this.#filled <= this.#config.plan.loopSize;
      await this.#sendFrame({ continued: false, onLoop: small });
      await this.#written;
      this.#throwIfEnded();
      this.#free();
      const result = await this.#inner.close();
      this.#end = { error: new TypeError("Cannot use the writer: it is closed already") };
      return result;
    });
  }

  async abort(reason?: unknown): Promise<void> {
    if (!this.#end) this.#fail(reason ?? new DOMException("The writer was aborted", "AbortError"));
    await this.#end?.aborted;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  /** One call at a time, in the order they were made. A failure ends the writer. */
  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#calls.then(() => {
      this.#throwIfEnded();
      return call();
    });
    this.#calls = turn.catch(() => {});
    try {
      return await turn;
    } catch (error) {
      this.#fail(error);
      await this.#end?.aborted?.catch(() => {});
      throw this.#end?.error;
    }
  }

  async #accept(chunk: Uint8Array): Promise<void> {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(`Cannot write a value of type ${typeof chunk}: a Uint8Array is needed`);
    }
    for (let offset = 0; offset < chunk.length;) {
      // A full frame waits for the next byte, which tells that it is not the last.
      if (this.#filled === this.#config.frameSize) await this.#sendFrame({ continued: true, onLoop: false });
      let buffer = this.#buffer ??= await this.#takeBuffer();
      if (this.#filled === buffer.bytes.length) buffer = this.#buffer = this.#buffers.grow(buffer);
      const length = Math.min(buffer.bytes.length - this.#filled, chunk.length - offset);
      buffer.bytes.set(chunk.subarray(offset, offset + length), this.#filled);
      this.#filled += length;
      this.#bytesWritten += length;
      offset += length;
    }
  }

  async #takeBuffer(): Promise<FrameBuffer> {
    return await this.#when(() => this.#buffers.take());
  }

  async #sendFrame(options: { readonly continued: boolean; readonly onLoop: boolean }): Promise<void> {
    const { workers } = this.#config.pool;
    await this.#when(() => this.#compressing < workers && this.#unwritten <= workers);
    const buffer = this.#buffer ?? await this.#takeBuffer();
    const length = this.#filled;
    this.#buffer = undefined;
    this.#filled = 0;
    this.#frames++;
    this.#unwritten++;
    const compressed = this.#compress(buffer, length, options.onLoop);
    compressed.catch(() => {});
    this.#written = this.#written
      .then(() => this.#writeFrame(compressed, length, options.continued))
      .catch((error) => this.#fail(error));
  }

  async #compress(buffer: FrameBuffer, length: number, onLoop: boolean): Promise<Pieces> {
    const { pool, level, plan } = this.#config;
    const bytes = buffer.bytes.subarray(0, length);
    const job: CompressJob = { task: "compress", bytes, level, sliceSize: plan.sliceSize };
    const { signal } = this.#jobs;
    this.#compressing++;
    try {
      const { pieces, input } = await (onLoop ? pool.runOnLoop(job, signal) : pool.pick().run(job, signal));
      this.#buffers.giveBack({ ...buffer, bytes: new Uint8Array(input.buffer) });
      return pieces;
    } catch (cause) {
      const failed = cause instanceof ZstdJobError || cause instanceof ZstdWorkerError;
      throw failed ? new Error(`Cannot compress: ${cause.message}`, { cause }) : cause;
    } finally {
      this.#compressing--;
      this.#change();
    }
  }

  async #writeFrame(compressed: Promise<Pieces>, length: number, continued: boolean): Promise<void> {
    let pieces = await compressed;
    const [first, ...rest] = pieces;
    if (continued && first) {
      pieces = [continuedHeader(first), first.subarray(parseFrameHeader(first).length), ...rest];
    }
    let written = 0;
    for (const piece of pieces) {
      this.#throwIfEnded();
      await this.#inner.write(piece);
      written += piece.length;
    }
    this.#framedBytes += length;
    this.#config.onFrame?.(length);
    this.#compressedBytes += written;
    this.#unwritten--;
    this.#change();
  }

  /** Waits until `condition` gives something, looking again after every change. */
  async #when<T>(condition: () => T | undefined | false): Promise<T> {
    for (;;) {
      this.#throwIfEnded();
      const value = condition();
      if (value) return value;
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #throwIfEnded(): void {
    if (this.#end) throw this.#end.error;
  }

  #fail(error: unknown): void {
    if (this.#end) return;
    const aborted = Promise.resolve().then(() => this.#inner.abort(error));
    aborted.catch(() => {});
    this.#end = { error, aborted };
    this.#jobs.abort(error);
    this.#free();
    this.#change();
  }

  #free(): void {
    this.#config.signal?.removeEventListener("abort", this.#onAbort);
    this.#buffer = undefined;
    this.#buffers.dispose();
    if (this.#config.ownsPool) this.#config.pool[Symbol.dispose]();
  }

  readonly #onAbort = (): void => this.#fail(this.#config.signal?.reason);
}
