import type { BudgetLease, ByteBudget } from "@lade/core/backend";
import type { BufferSource } from "./buffer_source.ts";
import { HeapBuffers } from "./heap_buffers.ts";

/** The memory of one batch. */
export interface BatchBuffer {
  /** As many bytes as were asked for; their content is arbitrary. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * Gives the memory back for the next batch. Every view of it becomes empty, so that what is used after its batch is seen,
   * rather than reading the next batch. Does nothing after `keep`.
   */
  release(): void;
  /** Leaves the memory to whoever has the views, and counts it no longer. Does nothing after `release`. */
  keep(): void;
}

/** Memory of one batch that another thread may fill. */
export interface LentBuffer extends BatchBuffer {
  /** Whether another thread may have it for a while: it is a buffer of the heap. */
  readonly canBeLent: boolean;
  /** Takes the place of `bytes` that went to another thread: the same buffer, or a new one where that is lost. */
  restore(buffer: ArrayBuffer | undefined): void;
}

/** Memory that is elsewhere. */
const NOT_LENT = { bytes: new Uint8Array(0), canBeLent: false, restore: () => {} } as const;

/** Gives batches their memory, and takes it back, within a byte budget. */
export class BatchMemory {
  readonly #budget: ByteBudget;
  readonly #maxBytes: number;
  readonly #heap = new HeapBuffers();
  /** Apart from those of batches, which have other sizes. */
  readonly #blocks = new HeapBuffers();
  readonly #source: BufferSource;
  #held = 0;

  /** Takes from `budget`, and no more than `maxBytes` of it together; batches lie in buffers of `source`, the heap by default. */
  constructor(budget: ByteBudget, maxBytes: number, source?: BufferSource) {
    this.#budget = budget;
    this.#maxBytes = maxBytes;
    this.#source = source ?? this.#heap;
  }

  /** Bytes that batches have. */
  get held(): number {
    return this.#held;
  }

  /**
   * Memory for a batch if there is room for it. With `isElsewhere` its samples bring memory of their own, which is counted
   * alone, and `bytes` is empty.
   */
  tryTake(bytes: number, isElsewhere = false): LentBuffer | undefined {
    if (this.#held > 0 && this.#held + bytes > this.#maxBytes) return undefined;
    const lease = this.#budget.tryAcquire(bytes);
    return lease && (isElsewhere ? this.#count(bytes, lease) : this.#make(bytes, lease, this.#source));
  }

  /** Memory for the batch that is waited for, room or not. */
  take(bytes: number, isElsewhere = false): LentBuffer {
    const lease = this.#budget.overdraw(bytes);
    return isElsewhere ? this.#count(bytes, lease) : this.#make(bytes, lease, this.#source);
  }

  /** Memory of the heap for what batches are copied from, room or not. */
  takeBlock(bytes: number): BatchBuffer {
    return this.#make(bytes, this.#budget.overdraw(bytes), this.#blocks);
  }

  /** Counts memory that came from elsewhere as a batch's, room or not: `buffers`, of `bytes` together. */
  adopt(buffers: readonly ArrayBuffer[], bytes: number): BatchBuffer {
    const lease = this.#budget.overdraw(bytes);
    this.#held += bytes;
    let isHeld = true;
    const end = () => {
      if (!isHeld) return false;
      isHeld = false;
      this.#held -= bytes;
      lease.release();
      return true;
    };
    return {
      bytes: new Uint8Array(0),
      keep: () => void end(),
      release() {
        if (!end()) return;
        for (const buffer of buffers) if (!buffer.detached) buffer.transfer();
      },
    };
  }

  /** Forgets what is idle. Buffers that are still out can be given back. */
  close(): void {
    this.#heap.close();
    this.#blocks.close();
  }

  #count(size: number, lease: BudgetLease): LentBuffer {
    this.#held += size;
    let isHeld = true;
    const end = () => {
      if (isHeld) this.#held -= size;
      isHeld = false;
      lease.release();
    };
    return { ...NOT_LENT, release: end, keep: end };
  }

  #make(size: number, lease: BudgetLease, source: BufferSource): LentBuffer {
    this.#held += size;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = source.take(size);
    } catch (cause) {
      this.#held -= size;
      lease.release();
      throw new RangeError(`Cannot make a batch of ${size} bytes: they do not fit into memory`, { cause });
    }
    const { byteOffset } = bytes;
    let isOut = true;
    const end = (after: () => void) => {
      if (!isOut) return;
      isOut = false;
      this.#held -= size;
      lease.release();
      after();
    };
    return {
      get bytes() {
        return bytes;
      },
      canBeLent: source === this.#heap,
      restore(buffer) {
        bytes = buffer ? new Uint8Array(buffer, byteOffset, size) : source.take(size);
      },
      keep: () => end(() => {}),
      release: () => end(() => bytes.buffer.detached || source.give(bytes.buffer)),
    };
  }
}
