import type { Permit } from "../concurrency/adaptive_limit.ts";
import type { StoreContext } from "../context/store_context.ts";
import type { PutResult } from "../contract/types.ts";
import { QuotaExceededError } from "../errors/errors.ts";
import { PartBuffer } from "./part_buffer.ts";
import { evenPartSize, fittingPartSize, growingPartSize, type PartLimits } from "./part_size.ts";
import { sendPart } from "./send_part.ts";
import type { WriteLife } from "./write_life.ts";
import type { WriteSink } from "./write_sink.ts";

/** What a {@linkcode PartGatherer} works with. */
export interface PartGathererSetup {
  readonly sink: WriteSink;
  readonly life: WriteLife;
  readonly context: StoreContext;
  readonly partLimits: PartLimits;
  readonly partSize: number;
}

/**
 * Gathers a stream into parts and sends them side by side; a stream that stays small is put whole. Holds at most a part
 * for each on its way and for the one being filled.
 */
export class PartGatherer {
  readonly #setup: PartGathererSetup;
  readonly #partSize: number;
  readonly #onTheirWay = new Set<Promise<void>>();
  #buffer: PartBuffer | undefined;
  #parts = 0;
  #bytesSent = 0;
  #bytesWritten = 0;

  constructor(setup: PartGathererSetup) {
    this.#setup = setup;
    this.#partSize = fittingPartSize(setup.partSize, setup.partLimits);
    setup.life.atEnd(() => {
      this.#buffer?.release();
      this.#buffer = undefined;
    });
  }

  /** Bytes taken so far. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Copies a chunk that fits. */
  takeNow(chunk: Uint8Array): boolean {
    const buffer = this.#buffer;
    if (!buffer || buffer.length + chunk.length >= buffer.limit) return false;
    this.#bytesWritten += buffer.append(chunk);
    return true;
  }

  /** Copies a chunk. Waits while all parts that may be on their way are. */
  async take(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      if (this.#buffer?.full) await this.#flush();
      this.#buffer ??= await this.#nextBuffer();
      const count = this.#buffer.append(at === 0 ? chunk : chunk.subarray(at));
      at += count;
      this.#bytesWritten += count;
      if (this.#buffer.full && this.#parts > 0) await this.#flush();
    }
  }

  /** Sends what is left, or all of it. */
  async finish(): Promise<PutResult> {
    const { sink, life } = this.#setup;
    const { wholeUpTo = -1 } = sink;
    if (this.#parts === 0 && sink.putWhole && this.#bytesWritten <= wholeUpTo) {
      const bytes = this.#buffer?.bytes ?? new Uint8Array();
      return await life.make(async (signal) => await sink.putWhole?.(bytes, signal) as PutResult);
    }
    await this.#flush();
    while (this.#onTheirWay.size > 0) await Promise.all(this.#onTheirWay);
    await life.begin();
    return await life.make((signal) => sink.commit(this.#bytesWritten, signal));
  }

  /** Sends what is in the buffer, cut into parts where it holds several. */
  async #flush(): Promise<void> {
    const buffer = this.#buffer;
    if (!buffer || buffer.length === 0) return;
    const { life, partLimits } = this.#setup;
    await life.begin();
    this.#buffer = undefined;
    const { bytes } = buffer;
    const step = this.#parts === 0 ? evenPartSize(this.#partSize, bytes.length, partLimits) : bytes.length;
    let left = Math.ceil(bytes.length / step);
    const done = () => {
      if (--left === 0) buffer.release();
    };
    let failure: { readonly reason: unknown } | undefined;
    for (let at = 0; at < bytes.length; at += step) {
      if (failure) done();
      else await this.#send(bytes.subarray(at, at + step), done).catch((reason) => failure = { reason });
    }
    if (failure) throw failure.reason;
  }

  /** Starts to send the next part and resolves once it is in flight; `done` is called when its bytes are free. */
  async #send(bytes: Uint8Array, done: () => void): Promise<void> {
    const { sink, life, context: { clock } } = this.#setup;
    try {
      this.#checkCount();
      const permit = await this.#acquire();
      const part = { index: this.#parts++, offset: this.#bytesSent, length: bytes.length };
      this.#bytesSent += bytes.length;
      const sending = life.track(sendPart({ sink, clock }, part, bytes, life.signal, permit)).catch(() => {})
        .finally(() => {
          this.#onTheirWay.delete(sending);
          done();
        });
      this.#onTheirWay.add(sending);
    } catch (error) {
      done();
      throw error;
    }
  }

  /** Waits until one more part may be on its way. */
  async #acquire(): Promise<Permit | undefined> {
    const { sink: { concurrency, ordered }, life } = this.#setup;
    const most = ordered ? 1 : typeof concurrency === "number" ? concurrency : Infinity;
    while (this.#onTheirWay.size >= most) await Promise.race(this.#onTheirWay);
    life.throwIfFailed();
    return typeof concurrency === "number" ? undefined : await concurrency.acquire(life.signal);
  }

  #checkCount(): void {
    const { sink: { uri, operation = "write" }, partLimits: { maxParts } } = this.#setup;
    if (this.#parts < maxParts) return;
    throw new QuotaExceededError({
      operation,
      uri,
      detail: `the object has more than ${maxParts} parts`,
      advice: "use a larger partSize",
    });
  }

  /** Waits for a part of its own only, never for the memory of others: writers that wait for each other cannot lock up. */
  async #nextBuffer(): Promise<PartBuffer> {
    const { context, life, partLimits, sink: { bulk, ordered, putWhole, wholeUpTo = 0 } } = this.#setup;
    if (this.#parts === 0) {
      // Whole parts: what is cut off a first buffer of other length would be a part too small.
      const parts = putWhole ? Math.max(1, Math.ceil(wholeUpTo / this.#partSize)) : 1;
      return PartBuffer.growing(context, parts * this.#partSize);
    }
    const size = growingPartSize(this.#partSize, this.#parts, partLimits);
    // Of a stream it is likely that as much is to come as came.
    const shared = !ordered && (bulk?.expect(this.#bytesWritten) ?? false);
    for (;;) {
      const buffer = PartBuffer.full(context, size, this.#onTheirWay.size === 0, shared);
      if (buffer) return buffer;
      await Promise.race(this.#onTheirWay);
      life.throwIfFailed();
    }
  }
}
