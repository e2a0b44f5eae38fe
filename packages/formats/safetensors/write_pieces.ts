import type { BudgetLease, PartWriter, Slab, StoreContext } from "@lade/core";
import type { Piece } from "./tensor_data.ts";

/** A part that is being gathered. */
interface Gathering {
  readonly slab: Slab;
  readonly lease: BudgetLease;
  filled: number;
}

/**
 * Writes an object of known size from pieces that come in order: a part that lies in one piece from where it is, several at
 * a time; what lies in several is gathered. It holds at most as many gathered parts as the writer takes at a time.
 */
export class PieceWriter {
  readonly #writer: PartWriter;
  readonly #context: StoreContext;
  readonly #onBytes: ((offset: number, bytes: Uint8Array) => void) | undefined;
  readonly #flying = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #gathering: Gathering | undefined;
  #index = 0;
  #position = 0;

  /** Gives parts to `writer`. `onBytes` is shown all bytes in order, at most a part of them at a time. */
  constructor(
    writer: PartWriter,
    context: StoreContext,
    onBytes?: (offset: number, bytes: Uint8Array) => void,
  ) {
    this.#writer = writer;
    this.#context = context;
    this.#onBytes = onBytes;
  }

  /** Writes a piece. Where its memory does not last, it is free once this resolves. */
  async write({ bytes, lasts }: Piece): Promise<void> {
    let straight = false;
    for (let rest = bytes; rest.length > 0;) {
      const due = this.#due();
      if (!this.#gathering && rest.length >= due) {
        const part = rest.subarray(0, due);
        await this.#room();
        this.#show(part);
        this.#fly(part, () => {});
        straight = true;
        rest = rest.subarray(due);
      } else rest = rest.subarray(await this.#gather(rest, due));
    }
    if (straight && !lasts) await this.#landed();
  }

  /** Waits for all parts. Their memory is free when it settles. */
  async finish(): Promise<void> {
    try {
      await this.#landed();
    } finally {
      this.#release();
    }
  }

  /** Waits for what is in flight, and gives the memory back. */
  async giveUp(): Promise<void> {
    await Promise.all(this.#flying);
    this.#release();
  }

  /** Bytes of the part that is next. */
  #due(): number {
    const { size, partSize } = this.#writer;
    return Math.min(partSize, size - this.#index * partSize);
  }

  async #gather(bytes: Uint8Array, due: number): Promise<number> {
    this.#gathering ??= await this.#begin(due);
    const gathering = this.#gathering;
    const count = Math.min(bytes.length, due - gathering.filled);
    this.#show(bytes.subarray(0, count));
    gathering.slab.bytes.set(bytes.subarray(0, count), gathering.filled);
    gathering.filled += count;
    if (gathering.filled < due) return count;
    await this.#room();
    this.#gathering = undefined;
    this.#fly(gathering.slab.bytes.subarray(0, due), () => release(gathering));
    return count;
  }

  #show(bytes: Uint8Array): void {
    this.#onBytes?.(this.#position, bytes);
    this.#position += bytes.length;
  }

  /** Waits for parts of its own only: writers that wait for each other cannot lock up. */
  async #begin(due: number): Promise<Gathering> {
    const { budget, buffers } = this.#context;
    for (;;) {
      const lease = this.#flying.size === 0 ? budget.overdraw(due) : budget.tryAcquire(due);
      if (lease) return { slab: buffers.lease(due), lease, filled: 0 };
      await Promise.race(this.#flying);
      this.#throwIfFailed();
    }
  }

  async #room(): Promise<void> {
    this.#throwIfFailed();
    while (this.#flying.size >= this.#writer.concurrency) {
      await Promise.race(this.#flying);
      this.#throwIfFailed();
    }
  }

  #fly(part: Uint8Array, free: () => void): void {
    const flight = this.#writer.writePart(this.#index++, part).catch((error) => {
      this.#failure ??= { error };
    }).finally(() => {
      this.#flying.delete(flight);
      free();
    });
    this.#flying.add(flight);
  }

  async #landed(): Promise<void> {
    await Promise.all(this.#flying);
    this.#throwIfFailed();
  }

  #release(): void {
    if (this.#gathering) release(this.#gathering);
    this.#gathering = undefined;
  }

  #throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function release({ slab, lease }: Gathering): void {
  slab.release();
  lease.release();
}
