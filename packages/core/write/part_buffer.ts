import type { Slab } from "../buffers/buffer_pool.ts";
import type { BudgetLease } from "../context/byte_budget.ts";
import type { StoreContext } from "../context/store_context.ts";

const FIRST_BYTES = 2 ** 16;

/** A buffer for one part: page-aligned, counted against the budget, grown as bytes come. */
export class PartBuffer {
  /** Bytes that it takes at most. */
  readonly limit: number;
  readonly #context: StoreContext;
  #lease: BudgetLease;
  #slab: Slab<ArrayBufferLike>;
  #length = 0;
  #live = true;

  private constructor(context: StoreContext, lease: BudgetLease, limit: number, slab: Slab<ArrayBufferLike>) {
    this.#context = context;
    this.limit = limit;
    this.#lease = lease;
    this.#slab = slab;
  }

  /** A buffer that starts small, budget or not: every writer needs one to go on. */
  static growing(context: StoreContext, limit: number): PartBuffer {
    const lease = context.budget.overdraw(Math.min(FIRST_BYTES, limit));
    return new PartBuffer(context, lease, limit, context.buffers.lease(lease.bytes));
  }

  /** A buffer of full size, where the budget has room, or where `force` says to do without it; in shared memory if so said. */
  static full(context: StoreContext, limit: number, force: boolean, shared = false): PartBuffer | undefined {
    const { budget, buffers } = context;
    const lease = force ? budget.overdraw(limit) : budget.tryAcquire(limit);
    if (!lease) return undefined;
    const slab = shared ? buffers.leaseShared(limit) : buffers.lease(limit);
    return new PartBuffer(context, lease, limit, slab);
  }

  /** Bytes in it. */
  get length(): number {
    return this.#length;
  }

  /** Whether it takes no more. */
  get full(): boolean {
    return this.#length >= this.limit;
  }

  /** The bytes in it, in place. */
  get bytes(): Uint8Array {
    return this.#slab.bytes.subarray(0, this.#length);
  }

  /** Copies as much of `chunk` as fits and returns how much that was. */
  append(chunk: Uint8Array): number {
    const count = Math.min(chunk.length, this.limit - this.#length);
    if (this.#length + count > this.#slab.bytes.length) this.#grow(this.#length + count);
    this.#slab.bytes.set(count === chunk.length ? chunk : chunk.subarray(0, count), this.#length);
    this.#length += count;
    return count;
  }

  /** Gives the memory back; a second call does nothing. */
  release(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#slab.release();
    this.#lease.release();
  }

  #grow(needed: number): void {
    const size = Math.min(Math.max(needed, 2 * this.#slab.bytes.length), this.limit);
    const lease = this.#context.budget.overdraw(size);
    const slab = this.#context.buffers.lease(size);
    slab.bytes.set(this.bytes);
    this.#slab.release();
    this.#lease.release();
    this.#slab = slab;
    this.#lease = lease;
  }
}
