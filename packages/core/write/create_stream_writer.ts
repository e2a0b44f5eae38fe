import type { StoreContext } from "../context/store_context.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { bytesOf } from "./check_writer_options.ts";
import { PartGatherer } from "./part_gatherer.ts";
import { WriteLife } from "./write_life.ts";
import type { WriteSink } from "./write_sink.ts";

/** What {@linkcode createStreamWriter} puts together. */
export interface StreamWriterSetup {
  /** Takes the object. */
  readonly sink: WriteSink;
  /** Bytes of a part, where the sink has limits of parts, which may make them more; 8 MiB by default. */
  readonly partSize?: number;
  /** Time and memory. */
  readonly context: StoreContext;
  /** Ends the writer; pending and later calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const PART_SIZE = 2 ** 23;

/**
 * Makes an `ObjectWriter` of a sink: it takes one chunk after the other, ends everything with the first failure, and
 * commits or drops the sink exactly once.
 *
 * For a sink with limits of parts it gathers chunks into parts, sends them while others are filled, and puts small
 * objects whole. It holds at most one part for each that is on its way, and the one being filled, which is there however
 * little the budget has: writers that wait for each other cannot lock up.
 */
export function createStreamWriter(setup: StreamWriterSetup): ObjectWriter {
  const { sink, context, partSize = PART_SIZE, signal } = setup;
  const life = new WriteLife({ sink, signal, clock: context.clock });
  const { partLimits } = sink;
  return new StreamWriter(
    life,
    partLimits
      ? new PartGatherer({ sink, life, context, partLimits, partSize })
      : new ChunkPasser(sink, life),
  );
}

/** How a {@linkcode StreamWriter} gets its bytes to a sink. */
export interface Intake {
  /** Bytes taken so far. */
  readonly bytesWritten: number;
  /** Takes a chunk where that needs no wait; `false` where it does. */
  takeNow?(chunk: Uint8Array): boolean;
  /** Takes a chunk. One call at a time. */
  take(chunk: Uint8Array): Promise<void>;
  /** Makes the object of all that was taken. */
  finish(): Promise<PutResult>;
}

/** Does calls in their order, but an abort immediately. */
export class StreamWriter implements ObjectWriter {
  readonly #life: WriteLife;
  readonly #intake: Intake;
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;

  constructor(life: WriteLife, intake: Intake) {
    this.#life = life;
    this.#intake = intake;
  }

  get bytesWritten(): number {
    return this.#intake.bytesWritten;
  }

  write(chunk: Uint8Array): Promise<void> {
    try {
      this.#life.throwIfClosing();
    } catch (error) {
      return Promise.reject(error);
    }
    // Nothing is in flight: no need to wait for a turn.
    const isFree = this.#pending === 0 && !this.#life.hasFailed && chunk instanceof Uint8Array &&
      chunk.length > 0;
    if (isFree && this.#intake.takeNow?.(chunk)) return Promise.resolve();
    return this.#next(async () => {
      if (bytesOf(chunk).length > 0) await this.#intake.take(chunk);
    });
  }

  async close(): Promise<PutResult> {
    this.#life.beginClosing();
    return await this.#next(() => this.#intake.finish());
  }

  abort(reason?: unknown): Promise<void> {
    return this.#life.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = () => this.#life.run(work);
    const turn = this.#pending++ === 0 && !this.#life.hasFailed ? run() : this.#last.then(run);
    const call = turn.then((result) => {
      this.#pending--;
      return result;
    }, async (error) => {
      this.#pending--;
      throw await this.#life.failed(error);
    });
    this.#last = call.catch(() => {});
    return call;
  }
}

/** Hands each chunk on as a part, from where its bytes are. */
export class ChunkPasser implements Intake {
  readonly #sink: WriteSink;
  readonly #life: WriteLife;
  #parts = 0;
  #bytesWritten = 0;

  constructor(sink: WriteSink, life: WriteLife) {
    this.#sink = sink;
    this.#life = life;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#sink.begin) await this.#life.begin();
    const part = { index: this.#parts++, offset: this.#bytesWritten, length: chunk.length };
    await this.#sink.writePart(part, chunk, this.#life.signal);
    this.#bytesWritten += chunk.length;
  }

  async finish(): Promise<PutResult> {
    if (this.#sink.begin) await this.#life.begin();
    return await this.#life.make((signal) => this.#sink.commit(this.#bytesWritten, signal));
  }
}
