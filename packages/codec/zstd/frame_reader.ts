import { ByteGatherer } from "./byte_gatherer.ts";
import type { ByteSource } from "./byte_source.ts";
import type { FrameHeader } from "./frame_header.ts";
import type { MemoryBudget, MemoryLease } from "./memory_budget.ts";
import type { ZstdFault } from "./zstd_fault.ts";
import { ZstdFrameScanner } from "./zstd_frame_scanner.ts";
import type { WholeFrame, ZstdJob, ZstdOutput } from "./zstd_job.ts";
import type { WorkerPool } from "./worker_pool.ts";
import { ZstdJobError, type ZstdWorker } from "./zstd_worker.ts";

/** What a {@linkcode FrameReader} is made of. */
export interface FrameReaderConfig {
  /** Makes the errors. */
  readonly fault: ZstdFault;
  /** Largest window that is let through, as a power of two. */
  readonly maxWindowLog: number;
  /** Does the work. */
  readonly pool: WorkerPool;
  /** Whether the pool ends with the reader. */
  readonly ownsPool: boolean;
  /** Counts what is decompressed and not read yet. */
  readonly budget: MemoryBudget | undefined;
  /** Ends the reader. */
  readonly signal: AbortSignal | undefined;
  /** Is told the header of each frame that has come whole. */
  readonly onFrame?: ((header: FrameHeader) => void) | undefined;
}

interface Pending {
  readonly output: Promise<ZstdOutput>;
  readonly lease?: MemoryLease | undefined;
}

/** A frame that is decompressed in pieces, because it has or may have too much content. */
interface LongFrame {
  readonly worker: ZstdWorker;
  readonly id: number;
  /** The scanner's bound of the content up to where the last piece ended. */
  sentBound: number;
}

/** Content up to which a frame is decompressed in one job. */
const LONGEST_WHOLE = 2 ** 24;
/** Content that short frames are gathered to, and that a long frame is cut to. */
const JOB_CONTENT = 2 ** 22;
/** Compressed bytes that a long frame is cut to. */
const PIECE_BYTES = 2 ** 20;
/** Content that is decompressed on the event loop, in some 2 ms, before any Worker is started. */
const LOOP_CONTENT = 2 ** 20;
/** Content that takes as long to decompress as the start of a frame. */
const FRAME_COST = 2 ** 15;

/** Cuts a stream of frames into jobs, has several of them done at a time, and gives the results in order. */
export class FrameReader {
  readonly #source: ByteSource;
  readonly #config: FrameReaderConfig;
  readonly #scanner: ZstdFrameScanner;
  readonly #gathered: ByteGatherer;
  readonly #jobs = new AbortController();
  readonly #pending: Pending[] = [];
  #ready: Uint8Array<ArrayBuffer>[] = [];
  /** The frames among the gathered bytes that have ended, and the most content they can have. */
  #whole: WholeFrame[] = [];
  #wholeBound = 0;
  /** Where the frame that the walk is in starts among the gathered bytes. */
  #frameStart = 0;
  #long: LongFrame | undefined;
  #loopContent = LOOP_CONTENT;
  #pumping: Promise<void> | undefined;
  #pumped = false;
  #changed = Promise.withResolvers<void>();
  #end: { readonly reason: unknown } | undefined;

  /** Reads nothing before the first `next`. */
  constructor(source: ByteSource, config: FrameReaderConfig) {
    this.#source = source;
    this.#config = config;
    this.#scanner = new ZstdFrameScanner(config);
    this.#gathered = new ByteGatherer(config.pool.workers + 1);
    if (config.signal?.aborted) this.#onAbort();
    else config.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The next content, never empty, which belongs to the caller; absent at the end. One call at a time. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#pumping ??= this.#pump();
    try {
      for (;;) {
        if (this.#end) throw this.#end.reason;
        const piece = this.#ready.shift();
        if (piece) return piece;
        const first = this.#pending[0];
        if (first) {
          const { pieces, input } = await first.output;
          this.#gathered.giveBack(input);
          this.#ready = [...pieces];
          this.#pending.shift();
          first.lease?.release();
          this.#change();
        } else if (this.#pumped) {
          this.#free(undefined);
          return undefined;
        } else await this.#changed.promise;
      }
    } catch (error) {
      await this.cancel(error).catch(() => {});
      throw this.#end?.reason;
    }
  }

  /** Gives up: frees the source and the Workers. */
  async cancel(reason: unknown): Promise<void> {
    if (this.#end) return;
    this.#end = { reason };
    this.#free(reason);
    await this.#source.cancel(reason);
  }

  /** Reads ahead as far as there is room. */
  async #pump(): Promise<void> {
    try {
      for (let chunk = await this.#source.next(); chunk; chunk = await this.#source.next()) {
        await this.#take(chunk);
        // Nobody should wait for what is there because more is to come.
        if (this.#pending.length === 0) await this.#sendWhole();
      }
      this.#scanner.finish();
      await this.#sendWhole();
    } catch (error) {
      // What is whole comes before the error.
      await this.#sendWhole().catch(() => {});
      const output = Promise.reject(error);
      output.catch(() => {});
      this.#pending.push({ output });
    }
    this.#pumped = true;
    this.#change();
  }

  async #take(chunk: Uint8Array): Promise<void> {
    const scanner = this.#scanner;
    for (let offset = 0; offset < chunk.length;) {
      const from = scanner.place;
      const next = scanner.scan(chunk, offset);
      if (from === "block header" || from === "block" || from === "checksum") {
        this.#gathered.append(chunk.subarray(offset, next));
        if (scanner.place === "magic number") await this.#endFrame();
        else await this.#goOn();
      } else if (from === "frame header" && scanner.place !== from) await this.#beginFrame();
      offset = next;
    }
  }

  async #beginFrame(): Promise<void> {
    const contentSize = this.#scanner.header?.contentSize ?? 0;
    const isLong = contentSize > LONGEST_WHOLE;
    if (this.#wholeBound + contentSize > JOB_CONTENT) await this.#sendWhole();
    this.#frameStart = this.#gathered.length;
    this.#gathered.reserve(isLong ? 2 * PIECE_BYTES : contentSize + (contentSize >> 8) + 64);
    this.#gathered.append(this.#scanner.headerBytes);
    if (isLong) this.#openLong();
  }

  async #goOn(): Promise<void> {
    const { header, contentBound } = this.#scanner;
    if (!this.#long && header?.contentSize === undefined && contentBound > LONGEST_WHOLE) {
      await this.#sendWhole();
      this.#openLong();
    }
    const long = this.#long;
    if (!long) return;
    if (this.#gathered.length >= PIECE_BYTES || contentBound - long.sentBound >= JOB_CONTENT) {
      await this.#sendPiece(long, false);
    }
  }

  async #endFrame(): Promise<void> {
    const { header, contentBound } = this.#scanner;
    if (header) this.#config.onFrame?.(header);
    if (this.#long) {
      await this.#sendPiece(this.#long, true);
      this.#long = undefined;
      return;
    }
    const bound = header?.contentSize ?? contentBound;
    const length = this.#gathered.length - this.#frameStart;
    this.#whole.push({ length, contentBound: bound, exact: header?.contentSize !== undefined });
    this.#wholeBound += bound;
    if (this.#wholeBound >= JOB_CONTENT || this.#gathered.length >= JOB_CONTENT) await this.#sendWhole();
  }

  #openLong(): void {
    const worker = this.#config.pool.pick();
    this.#long = { worker, id: worker.openFrame(), sentBound: 0 };
  }

  async #sendPiece(long: LongFrame, last: boolean): Promise<void> {
    const content = this.#scanner.contentBound - long.sentBound;
    long.sentBound = this.#scanner.contentBound;
    const bytes = this.#gathered.take(this.#gathered.length);
    const windowLog = this.#config.maxWindowLog;
    await this.#send(
      { task: "piece", bytes, frame: long.id, last, windowLog },
      content,
      (job, signal) => long.worker.run(job, signal),
    );
  }

  /** Sends the frames that have ended. */
  async #sendWhole(): Promise<void> {
    const frames = this.#whole;
    const content = this.#wholeBound;
    if (frames.length === 0) return;
    this.#whole = [];
    this.#wholeBound = 0;
    const length = frames.reduce((sum, frame) => sum + frame.length, 0);
    this.#frameStart -= length;
    const { pool, maxWindowLog: windowLog } = this.#config;
    const bytes = this.#gathered.take(length);
    const cost = content + frames.length * FRAME_COST;
    const onLoop = cost <= this.#loopContent;
    if (onLoop) this.#loopContent -= cost;
    await this.#send(
      { task: "decompress", bytes, frames, windowLog },
      content,
      (job, signal) => onLoop ? pool.runOnLoop(job, signal) : pool.pick().run(job, signal),
    );
  }

  async #send(
    job: ZstdJob,
    content: number,
    run: (job: ZstdJob, signal: AbortSignal) => Promise<ZstdOutput>,
  ): Promise<void> {
    const { pool, budget } = this.#config;
    let lease: MemoryLease | undefined;
    for (;;) {
      if (this.#end) throw this.#end.reason;
      if (this.#pending.length === 0) lease = budget?.overdraw(content);
      else if (this.#pending.length <= pool.workers) lease = budget?.tryAcquire(content);
      if (lease || (!budget && this.#pending.length <= pool.workers)) break;
      await this.#changed.promise;
    }
    const output = Promise.resolve().then(() => run(job, this.#jobs.signal)).catch((error) => {
      throw this.#described(error);
    });
    output.catch(() => {});
    this.#pending.push({ output, lease });
    this.#change();
  }

  #described(cause: unknown): unknown {
    return cause instanceof ZstdJobError
      ? this.#config.fault("damaged", `the decoder refuses it: ${cause.message}`, cause)
      : cause;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  #free(reason: unknown): void {
    this.#config.signal?.removeEventListener("abort", this.#onAbort);
    this.#jobs.abort(reason);
    for (const { lease } of this.#pending.splice(0)) lease?.release();
    if (this.#config.ownsPool) this.#config.pool[Symbol.dispose]();
    else this.#long?.worker.forget(this.#long.id);
    this.#change();
  }

  readonly #onAbort = (): void => {
    this.cancel(this.#config.signal?.reason).catch(() => {});
  };
}
