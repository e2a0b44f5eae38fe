import type { BudgetLease, ByteBudget } from "@lade/core/backend";

/** Where views begin in a buffer: a multiple of 64 in memory that the platform aligns to 16 behind a header of 16. */
const START = 48;
const SLACK = 4096;

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

/** Gives batches their memory, and takes it back, within a byte budget. */
export class BatchMemory {
  readonly #budget: ByteBudget;
  readonly #maxBytes: number;
  #held = 0;
  readonly #idle: ArrayBuffer[] = [];
  #closed = false;

  /** Takes from `budget`, and no more than `maxBytes` of it together. */
  constructor(budget: ByteBudget, maxBytes: number) {
    this.#budget = budget;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that batches have. */
  get held(): number {
    return this.#held;
  }

  /** Memory for a batch if there is room for it. */
  tryTake(bytes: number): BatchBuffer | undefined {
    if (this.#held > 0 && this.#held + bytes > this.#maxBytes) return undefined;
    const lease = this.#budget.tryAcquire(bytes);
    return lease && this.#make(bytes, lease);
  }

  /** Memory for the batch that is waited for, room or not. */
  take(bytes: number): BatchBuffer {
    return this.#make(bytes, this.#budget.overdraw(bytes));
  }

  /** Forgets what is idle. Buffers that are still out can be given back. */
  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
  }

  #make(size: number, lease: BudgetLease): BatchBuffer {
    this.#held += size;
    let buffer: ArrayBuffer | undefined;
    try {
      buffer = this.#reuse(size) ?? new ArrayBuffer(size + SLACK);
    } catch (cause) {
      this.#held -= size;
      lease.release();
      throw new RangeError(`Cannot make a batch of ${size} bytes: they do not fit into memory`, { cause });
    }
    const bytes = new Uint8Array(buffer, START, size);
    const end = () => {
      if (!buffer) return undefined;
      const mine = buffer;
      buffer = undefined;
      this.#held -= size;
      lease.release();
      return mine;
    };
    return {
      bytes,
      keep: () => void end(),
      release: () => {
        const mine = end();
        if (mine && !this.#closed) this.#idle.push(mine.transfer());
        else mine?.transfer();
      },
    };
  }

  /**
   * The idle buffer that was used last, and so is most likely in the processor's cache, of those that hold `size` bytes and
   * are no more than twice as large; others than a few are forgotten.
   */
  #reuse(size: number): ArrayBuffer | undefined {
    const place = this.#idle.findLastIndex(({ byteLength }) =>
      byteLength >= size + SLACK && byteLength <= 2 * (size + SLACK)
    );
    if (place < 0) {
      this.#idle.splice(0, Math.max(0, this.#idle.length - 1));
      return undefined;
    }
    return this.#idle.splice(place, 1)[0];
  }
}
