import { AbortableQueue } from "../concurrency/abortable_queue.ts";
import type { StoreContext } from "../context/store_context.ts";
import type { PartFill, PartWriter } from "../contract/part_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { QuotaExceededError } from "../errors/errors.ts";
import { evenPartSize } from "./part_size.ts";
import { sendPart } from "./send_part.ts";
import { WriteLife } from "./write_life.ts";
import type { ObjectPart, WriteSink } from "./write_sink.ts";

/** What {@linkcode createPartWriter} puts together. */
export interface PartWriterSetup {
  /** Takes the object. */
  readonly sink: WriteSink;
  /** Bytes of the whole object. */
  readonly size: number;
  /** Bytes of a part; the sink's limits may make them more. */
  readonly partSize: number;
  /** Time and memory. */
  readonly context: StoreContext;
  /** The parts that the sink has from earlier writers; given where an earlier writer began it. */
  readonly written?: Iterable<number> | undefined;
  /** Ends the writer; pending and later calls reject with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a {@linkcode PartWriter} of a sink: it checks that every part is written once and whole, ends everything with
 * the first failure, waits for what is in flight, and commits or drops the sink exactly once. A sink that begins has
 * begun when this resolves.
 */
export async function createPartWriter(setup: PartWriterSetup): Promise<PartWriter> {
  const { sink, size, context, written, signal } = setup;
  const partSize = partSizeFor(setup);
  const life = new WriteLife({ sink, signal, clock: context.clock });
  const { putWhole, wholeUpTo = -1 } = sink;
  const plan = { sink, life, size, partSize, context, written };
  if (putWhole && size <= wholeUpTo) return new WholeWriter(plan);
  // One that is to be resumed is of no use before it has a token.
  if (sink.begin && (sink.token || !life.hasFailed)) {
    try {
      await life.run(() => life.begin());
    } catch (error) {
      const reason = await life.failed(error);
      // Nobody else could wait for it. What an earlier writer began is not taken away.
      await (written ? life.detach() : life.abort()).catch(() => {});
      throw reason;
    }
  }
  return new SinkPartWriter(plan);
}

/** The part size of an object of known size; one that has more than all possible parts is a `QuotaExceededError`. */
export function partSizeFor(
  { sink, size, partSize }: Pick<PartWriterSetup, "sink" | "size" | "partSize">,
): number {
  const { partLimits, uri, operation = "write" } = sink;
  if (!partLimits) return partSize;
  const { maxParts, maxPartSize } = partLimits;
  if (size <= maxParts * maxPartSize) return evenPartSize(partSize, size, partLimits);
  throw new QuotaExceededError({
    operation,
    uri,
    detail: `${size} bytes are more than an upload of ${maxParts} parts can have`,
  });
}

/** What a writer of parts works with. */
interface PartPlan {
  readonly sink: WriteSink;
  readonly life: WriteLife;
  readonly size: number;
  readonly partSize: number;
  readonly context: StoreContext;
  readonly written?: Iterable<number> | undefined;
}

/** Gives each part to the sink from where its bytes are. */
class SinkPartWriter implements PartWriter {
  readonly size: number;
  readonly partSize: number;
  readonly partCount: number;
  readonly token: string | undefined;
  readonly fillPart: PartWriter["fillPart"];
  protected readonly plan: PartPlan;
  readonly #begun = new Set<number>();
  readonly #written: Set<number>;
  /** The parts that wait for those before them, where they come in order, and the one whose turn it is. */
  readonly #turns = new AbortableQueue<void, number>();
  #turn = 0;
  #bytesWritten = 0;

  constructor(plan: PartPlan) {
    this.plan = plan;
    this.size = plan.size;
    this.partSize = plan.partSize;
    this.partCount = Math.ceil(plan.size / plan.partSize);
    this.token = plan.sink.token?.(plan.size, plan.partSize);
    if (plan.sink.fillPart && !this.ordered) {
      const fillPart: PartWriter["fillPart"] = (index, fill) =>
        this.#write(index, (part) => this.#fill(part, fill));
      this.fillPart = fillPart;
    }
    this.#written = new Set(plan.written);
    for (const index of this.#written) {
      this.#begun.add(index);
      this.#bytesWritten += this.#lengthOf(index);
    }
    this.#passWritten();
  }

  get concurrency(): number {
    const { concurrency } = this.plan.sink;
    return typeof concurrency === "number" ? concurrency : concurrency.current;
  }

  get ordered(): boolean {
    return this.plan.sink.ordered ?? false;
  }

  wantsShared(): boolean {
    const { sink, size } = this.plan;
    return !this.ordered && (sink.bulk?.expect(size - this.#bytesWritten) ?? false);
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#write(index, (part) => {
      this.#checkBytes(part, bytes);
      return this.take(part, bytes);
    });
  }

  async close(): Promise<PutResult> {
    const { life } = this.plan;
    life.beginClosing();
    try {
      return await life.run(() => this.#close());
    } catch (error) {
      throw await life.failed(error);
    }
  }

  isWritten(index: number): boolean {
    this.#checkIndex(index, "tell of");
    return this.#written.has(index);
  }

  async detach(): Promise<void> {
    if (this.token === undefined) throw new TypeError("Cannot detach: the writer was not made resumable");
    await this.plan.life.detach();
  }

  abort(reason?: unknown): Promise<void> {
    return this.plan.life.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.token === undefined ? this.abort() : this.detach();
  }

  /** Takes a part that was checked. */
  protected async take(part: ObjectPart, bytes: Uint8Array): Promise<void> {
    const { sink, life, context: { clock } } = this.plan;
    if (this.ordered && part.index > this.#turn) await this.#turns.wait(part.index, life.signal);
    await sendPart({ sink, clock }, part, bytes, life.signal);
  }

  /** Makes the object of all parts. */
  protected make(): Promise<PutResult> {
    const { sink, life, size } = this.plan;
    return life.make((signal) => sink.commit(size, signal));
  }

  async #write(index: number, take: (part: ObjectPart) => Promise<void>): Promise<void> {
    const { life } = this.plan;
    life.throwIfFailed();
    life.throwIfClosing();
    try {
      await life.run(async () => {
        const part = this.#partAt(index);
        if (this.#begun.has(index)) throw new RangeError(`Cannot write part ${index}: it was written before`);
        const taken = take(part);
        this.#begun.add(index);
        await taken;
        this.#bytesWritten += part.length;
        this.#written.add(index);
        this.#passWritten();
        this.#turns.give(undefined, (waiting) => waiting === this.#turn);
      });
    } catch (error) {
      throw await life.failed(error);
    }
    life.throwIfFailed();
  }

  /** Has a part written that was checked. */
  async #fill(part: ObjectPart, fill: PartFill): Promise<void> {
    const { sink, life } = this.plan;
    await sink.fillPart?.(part, async (region, sums, signal) => {
      const poured = await fill(region, sums, signal);
      if (poured.failure) throw poured.failure.error;
      if (poured.bytes === part.length) return poured;
      throw new RangeError(
        `Cannot write part ${part.index}: it was filled with ${poured.bytes} bytes where ${part.length} are due`,
      );
    }, life.signal);
  }

  /** Goes on to the first part that is not written. */
  #passWritten(): void {
    while (this.#written.has(this.#turn)) this.#turn++;
  }

  #checkBytes({ index, length }: ObjectPart, bytes: Uint8Array): void {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("Cannot write a part: a Uint8Array is needed");
    if (bytes.length === length) return;
    throw new RangeError(
      `Cannot write part ${index}: it has ${bytes.length} bytes where ${length} are due`,
    );
  }

  #partAt(index: number): ObjectPart {
    this.#checkIndex(index, "write");
    return { index, offset: index * this.partSize, length: this.#lengthOf(index) };
  }

  #checkIndex(index: number, verb: string): void {
    if (Number.isSafeInteger(index) && index >= 0 && index < this.partCount) return;
    throw new RangeError(`Cannot ${verb} part ${index}: the object has ${this.partCount}, counted from 0`);
  }

  #lengthOf(index: number): number {
    return Math.min(this.partSize, this.size - index * this.partSize);
  }

  async #close(): Promise<PutResult> {
    const { life } = this.plan;
    // Nobody can write it any more, and in order others wait for it.
    if (this.#begun.size < this.partCount) {
      let missing = 0;
      while (this.#begun.has(missing)) missing++;
      throw new TypeError(`Cannot close: part ${missing} of ${this.partCount} was not written`);
    }
    await life.settle();
    return await this.make();
  }
}

/** Gathers the parts of an object that is put whole. */
class WholeWriter extends SinkPartWriter {
  readonly #bytes: Uint8Array = new Uint8Array();

  /** Takes the memory immediately, budget or not: every writer needs it to go on. */
  constructor(plan: PartPlan) {
    super(plan);
    const { life, size, context } = plan;
    if (life.hasFailed) return;
    const lease = context.budget.overdraw(size);
    const slab = context.buffers.lease(size);
    this.#bytes = slab.bytes.subarray(0, size);
    life.atEnd(() => {
      slab.release();
      lease.release();
    });
  }

  override get concurrency(): number {
    return 1;
  }

  override get ordered(): boolean {
    return false;
  }

  override wantsShared(): boolean {
    return false;
  }

  protected override async take({ offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#bytes.set(bytes, offset);
  }

  protected override make(): Promise<PutResult> {
    const { sink, life } = this.plan;
    return life.make(async (signal) => {
      if (!sink.putWhole) throw new TypeError("Cannot put whole: the sink takes parts only");
      return await sink.putWhole(this.#bytes, signal);
    });
  }
}
