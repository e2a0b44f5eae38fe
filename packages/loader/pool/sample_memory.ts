import type { BudgetLease, ByteBudget } from "@lade/core/backend";

/** Bytes that are taken from the budget at a time, so that it is not asked for each sample. */
const STEP = 256 * 2 ** 10;

/** Counts samples that are in memory of their own against a byte budget. */
export class SampleMemory {
  readonly #budget: ByteBudget;
  readonly #maxBytes: number;
  readonly #leases: BudgetLease[] = [];
  #leased = 0;
  #held = 0;
  #room = Promise.withResolvers<void>();

  /** Takes from `budget`, and no more than `maxBytes` of it together. */
  constructor(budget: ByteBudget, maxBytes: number) {
    this.#budget = budget;
    this.#maxBytes = maxBytes;
  }

  /** Bytes of samples. */
  get held(): number {
    return this.#held;
  }

  /** Counts a sample if there is room for it, and says whether there was. */
  tryHold(bytes: number): boolean {
    const held = this.#held + bytes;
    if (this.#held > 0 && held > this.#maxBytes) return false;
    if (held > this.#leased) {
      const wanted = Math.max(held - this.#leased, Math.min(STEP, this.#maxBytes - this.#leased));
      const lease = this.#budget.tryAcquire(wanted);
      if (!lease) return false;
      this.#keep(lease);
    }
    this.#held = held;
    return true;
  }

  /** Counts a sample that is waited for, room or not. */
  hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > this.#leased) this.#keep(this.#budget.overdraw(this.#held - this.#leased));
  }

  /** Counts bytes of samples no longer. */
  free(bytes: number): void {
    this.#held -= bytes;
    let last = this.#leases.at(-1);
    while (last && this.#leased - last.bytes >= this.#held) {
      this.#leased -= last.bytes;
      last.release();
      this.#leases.pop();
      last = this.#leases.at(-1);
    }
    this.tell();
  }

  /** Resolves when there may be more room. */
  get room(): Promise<void> {
    return this.#room.promise;
  }

  /** Lets those that wait for room try again. */
  tell(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  #keep(lease: BudgetLease): void {
    this.#leases.push(lease);
    this.#leased += lease.bytes;
  }
}
