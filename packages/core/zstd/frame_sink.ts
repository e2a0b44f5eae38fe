import type { ByteBudget } from "../context/byte_budget.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import type { ObjectPart, WriteSink } from "../write/write_sink.ts";
import {
  type CompressJob,
  continuedHeader,
  type FrameBuffer,
  FrameBuffers,
  parseFrameHeader,
  type WorkerPool,
  ZstdJobError,
  type ZstdPlan,
  ZstdWorkerError,
} from "@lade/codec/zstd";

/** What a {@linkcode FrameSink} is made of. */
export interface FrameConfig {
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

/** Gathers frames, has them compressed several at a time, and writes them in order to a writer below. */
export class FrameSink implements WriteSink {
  readonly uri = "the object";
  readonly concurrency = 1;
  readonly dropsQuickly = true;
  readonly #inner: ObjectWriter;
  readonly #config: FrameConfig;
  readonly #fail: (error: unknown) => void;
  readonly #buffers: FrameBuffers;
  /** Ends the jobs of a write that fails. */
  readonly #jobs = new AbortController();
  #signal: AbortSignal | undefined;
  #aborting: Promise<void> | undefined;
  #buffer: FrameBuffer | undefined;
  #filled = 0;
  #bytesTaken = 0;
  #framedBytes = 0;
  #compressedBytes = 0;
  #frames = 0;
  #compressing = 0;
  #unwritten = 0;
  #written: Promise<void> = Promise.resolve();
  #changed = Promise.withResolvers<void>();

  /** `fail` is called with what fails while no call waits for it. */
  constructor(inner: ObjectWriter, config: FrameConfig, fail: (error: unknown) => void) {
    this.#inner = inner;
    this.#config = config;
    this.#fail = fail;
    const { frameSize, budget, pool } = config;
    this.#buffers = new FrameBuffers({ frameSize, budget, most: pool.workers + 1 });
  }

  /** Uncompressed bytes taken so far. */
  get bytesTaken(): number {
    return this.#bytesTaken;
  }

  /** Compressed bytes that the writer below has accepted so far. */
  get compressedBytes(): number {
    return this.#compressedBytes;
  }

  /** Bytes before by bytes after compression, of the frames that the writer below has accepted so far. */
  get ratio(): number | undefined {
    return this.#compressedBytes === 0 ? undefined : this.#framedBytes / this.#compressedBytes;
  }

  async writePart(_: ObjectPart, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#heed(signal);
    for (let offset = 0; offset < chunk.length;) {
      // A full frame waits for the next byte, which shows that it is not the last.
      if (this.#filled === this.#config.frameSize) await this.#sendFrame({ continued: true, onLoop: false });
      let buffer = this.#buffer ??= await this.#takeBuffer();
      // The buffers may have been given back meanwhile.
      this.#jobs.signal.throwIfAborted();
      if (this.#filled === buffer.bytes.length) buffer = this.#buffer = this.#buffers.grow(buffer);
      const length = Math.min(buffer.bytes.length - this.#filled, chunk.length - offset);
      buffer.bytes.set(chunk.subarray(offset, offset + length), this.#filled);
      this.#filled += length;
      this.#bytesTaken += length;
      offset += length;
    }
  }

  async commit(_size: number, signal: AbortSignal): Promise<PutResult> {
    this.#heed(signal);
    const small = this.#frames === 0 && this.#filled <= this.#config.plan.loopSize;
    await this.#sendFrame({ continued: false, onLoop: small });
    await this.#written;
    signal.throwIfAborted();
    this.#free();
    return await this.#inner.close();
  }

  async drop(_: AbortSignal, reason: unknown): Promise<void> {
    await this.#abort(reason);
  }

  /** Ends what waits or is at work as soon as the write has failed. */
  #heed(signal: AbortSignal): void {
    if (this.#signal) return;
    this.#signal = signal;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => void this.#abort(this.#signal?.reason).catch(() => {});

  #abort(reason: unknown): Promise<void> {
    if (!this.#aborting) {
      this.#aborting = Promise.resolve().then(() => this.#inner.abort(reason));
      this.#jobs.abort(reason);
      this.#free();
      this.#change();
    }
    return this.#aborting;
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
      this.#jobs.signal.throwIfAborted();
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
      this.#jobs.signal.throwIfAborted();
      const value = condition();
      if (value) return value;
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #free(): void {
    this.#buffer = undefined;
    this.#buffers.dispose();
    if (this.#config.ownsPool) this.#config.pool[Symbol.dispose]();
  }
}
