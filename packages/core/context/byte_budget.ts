import { AbortableQueue } from "../concurrency/abortable_queue.ts";

/** A share of a {@linkcode ByteBudget}, given back once. */
export interface BudgetLease extends Disposable {
  /** Bytes held. */
  readonly bytes: number;
  /** Gives the bytes back; a second call does nothing. */
  release(): void;
}

/**
 * Bounds the bytes that all transfers of a process together hold in buffers.
 *
 * Grants are made in the order they were asked for. Read-ahead asks with `tryAcquire` and does without when there is
 * no room. The chunk that a reader waits for asks with `overdraw`, which always succeeds, so that readers that wait
 * for one another cannot lock up: the budget is exceeded by at most one chunk per open stream.
 */
export class ByteBudget {
  /** Bytes that may be held together. */
  readonly capacity: number;
  #held = 0;
  #grants = 0;
  #shortages = 0;
  /** Each wants so many bytes. Who gives up may have held up those behind. */
  readonly #waiting: AbortableQueue<BudgetLease, number> = new AbortableQueue(() => this.#grantWaiting());

  /** Bounds the bytes held to `capacity`. */
  constructor(capacity: number) {
    if (!Number.isSafeInteger(capacity) || capacity <= 0) {
      throw new RangeError(`Cannot make a byte budget of ${capacity}: a positive number of bytes is needed`);
    }
    this.capacity = capacity;
  }

  /** Bytes held now; above `capacity` only by overdrafts. */
  get held(): number {
    return this.#held;
  }

  /** How often bytes were taken. */
  get grants(): number {
    return this.#grants;
  }

  /** How often there was no room, or others waited for some. */
  get shortages(): number {
    return this.#shortages;
  }

  /** Waits for room. More than `capacity` is granted when nothing else is held. */
  acquire(bytes: number, signal?: AbortSignal): Promise<BudgetLease> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const lease = this.tryAcquire(bytes);
    return lease ? Promise.resolve(lease) : this.#waiting.wait(bytes, signal);
  }

  /** Takes the bytes if there is room and nobody waits. */
  tryAcquire(bytes: number): BudgetLease | undefined {
    if (this.#waiting.length > 0 || !this.#hasRoom(bytes)) {
      this.#shortages++;
      return undefined;
    }
    return this.overdraw(bytes);
  }

  /** Takes the bytes, room or not. */
  overdraw(bytes: number): BudgetLease {
    this.#held += bytes;
    this.#grants++;
    let live = true;
    const release = () => {
      if (!live) return;
      live = false;
      this.#held -= bytes;
      this.#grantWaiting();
    };
    return { bytes, release, [Symbol.dispose]: release };
  }

  #hasRoom(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.capacity;
  }

  #grantWaiting(): void {
    for (
      let next = this.#waiting.first;
      next !== undefined && this.#hasRoom(next);
      next = this.#waiting.first
    ) {
      this.#waiting.give(this.overdraw(next));
    }
  }
}
