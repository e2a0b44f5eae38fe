/** The least that is kept, in bytes. */
const LEAST = 2 ** 12;

/** Memory that operations use one after the other. What is in use is bounded by who takes it. */
export class Buffers {
  readonly #free = new Map<number, Uint8Array[]>();

  /** So many bytes, with anything in them. */
  take(size: number): Uint8Array {
    const room = roomFor(size);
    const buffer = this.#free.get(room)?.pop() ?? new Uint8Array(room);
    return buffer.subarray(0, size);
  }

  /** Gives back what `take` gave. */
  give(bytes: Uint8Array): void {
    const whole = new Uint8Array(bytes.buffer);
    const kept = this.#free.get(whole.length);
    if (kept) kept.push(whole);
    else this.#free.set(whole.length, [whole]);
  }
}

/** What is taken for so many bytes: a power of two, or three quarters of one. */
export function roomFor(size: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(size, LEAST)));
  return size <= power * 0.75 ? power * 0.75 : power;
}
