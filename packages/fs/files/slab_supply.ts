import type { BudgetLease, Slab, StoreContext } from "@lade/core";
import { AbortableQueue } from "@lade/core/concurrency";

/**
 * A few page-aligned buffers for one open file, counted in the byte budget. The first one is always granted, so that
 * every file gets on; further ones only while the budget has room, else one that is given back is waited for. Where `isShared`
 * says so, other threads see them.
 */
export class SlabSupply {
  readonly #context: StoreContext;
  readonly #size: number;
  readonly #most: number;
  readonly #leases: BudgetLease[] = [];
  readonly #isShared: boolean;
  readonly #idle: Slab<ArrayBufferLike>[] = [];
  readonly #waiting = new AbortableQueue<Slab<ArrayBufferLike>>();

  /** At most `most` buffers of `size` bytes. */
  constructor(context: StoreContext, size: number, most: number, isShared = false) {
    this.#isShared = isShared;
    this.#context = context;
    this.#size = size;
    this.#most = most;
  }

  /** Takes a buffer; give it back by {@linkcode give}. */
  async take(): Promise<Slab<ArrayBufferLike>> {
    return this.#idle.pop() ?? this.#lease() ?? await this.#waiting.wait();
  }

  /** Gives a buffer back, for others to take. */
  give(slab: Slab<ArrayBufferLike>): void {
    if (!this.#waiting.give(slab)) this.#idle.push(slab);
  }

  /** Frees the buffers, all of which were given back. */
  release(): void {
    for (const slab of this.#idle.splice(0)) slab.release();
    for (const lease of this.#leases.splice(0)) lease.release();
  }

  #lease(): Slab<ArrayBufferLike> | undefined {
    if (this.#leases.length >= this.#most) return undefined;
    const { budget, buffers } = this.#context;
    const lease = budget.tryAcquire(this.#size) ??
      (this.#leases.length === 0 ? budget.overdraw(this.#size) : undefined);
    if (!lease) return undefined;
    this.#leases.push(lease);
    return this.#isShared ? buffers.leaseShared(this.#size) : buffers.lease(this.#size);
  }
}
