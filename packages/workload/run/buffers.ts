/** The least that is kept, in bytes. */
const LEAST = 2 ** 12;

/** Memory that operations use one after the other. What is in use is bounded by who takes it. */
export class Buffers {
  readonly #most: number;
  readonly #free = new Map<number, Uint8Array[]>();
  /** Bytes in use, and those that are kept. */
  #held = 0;

  /** Keeps memory that is not in use only where all of it is no more than `most` bytes. */
  constructor(most = Infinity) {
    this.#most = most;
  }

  /** Bytes that are in use or kept. */
  get held(): number {
    return this.#held;
  }

  /** So many bytes, with anything in them. */
  take(size: number): Uint8Array {
    const room = roomFor(size);
    const buffer = this.#free.get(room)?.pop() ?? this.#make(room);
    return buffer.subarray(0, size);
  }

  /** Gives back what `take` gave. */
  give(bytes: Uint8Array): void {
    const whole = new Uint8Array(bytes.buffer);
    const kept = this.#free.get(whole.length);
    if (kept) kept.push(whole);
    else this.#free.set(whole.length, [whole]);
    this.#drop(0);
  }

  #make(room: number): Uint8Array<ArrayBuffer> {
    this.#drop(room);
    this.#held += room;
    return new Uint8Array(room);
  }

  /** Forgets what is kept until there is room for so many bytes more: objects of other sizes used it. */
  #drop(needed: number): void {
    for (const [room, kept] of this.#free) {
      while (this.#held + needed > this.#most && kept.pop()) this.#held -= room;
    }
  }
}

/** What is taken for so many bytes: a power of two, or three quarters of one. */
export function roomFor(size: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(size, LEAST)));
  return size <= power * 0.75 ? power * 0.75 : power;
}
