import { checkWhole } from "../order/sampler.ts";

/** Positions for which a sum is kept. */
const STRIDE = 512;

/**
 * What is left of an epoch: the positions from `position` up to before `total`, without those that are `taken`. They are
 * numbered anew, so that any number of ranks can share them.
 */
export class Rest {
  /** The first position that may be left. */
  readonly position: number;
  /** Positions of the epoch. */
  readonly total: number;
  /** How many are left. */
  readonly length: number;
  readonly #taken: Uint8Array;
  /** How many are left before each stretch of `STRIDE` positions of those that a bit is kept for. */
  readonly #before: Float64Array;

  /**
   * Bit `i % 8` of byte `i >> 3` of `taken` says that position `position + i` is not left. Bits behind the end, and
   * positions that do not lie within the epoch, are a `RangeError`.
   */
  constructor(position: number, total: number, taken: Uint8Array = new Uint8Array(0)) {
    checkWhole("total", total, 0);
    checkWhole("position", position, 0);
    if (position > total) {
      throw new RangeError(`Cannot go on at position ${position}: the epoch has ${total}`);
    }
    this.position = position;
    this.total = total;
    this.#taken = taken;
    const bits = taken.length * 8;
    const strides = Math.ceil(bits / STRIDE);
    this.#before = new Float64Array(strides + 1);
    let left = 0;
    for (let stride = 0; stride < strides; stride++) {
      this.#before[stride] = left;
      const end = Math.min((stride + 1) * STRIDE, bits);
      for (let bit = stride * STRIDE; bit < end; bit++) {
        if (!this.isTaken(position + bit)) left++;
        else if (position + bit >= total) {
          throw new RangeError(`Cannot have taken position ${position + bit} of ${total}`);
        }
      }
    }
    this.#before[strides] = left;
    const covered = Math.min(bits, total - position);
    this.length = left - (bits - covered) + (total - position - covered);
  }

  /** Whether a position from `position` on is taken. */
  isTaken(position: number): boolean {
    const bit = position - this.position;
    return bit < this.#taken.length * 8 && ((this.#taken[bit >> 3] ?? 0) >> (bit & 7) & 1) === 1;
  }

  /** The position of the `index`-th that is left; `total` for the one behind the last. */
  at(index: number): number {
    if (!(Number.isSafeInteger(index) && index >= 0 && index <= this.length)) {
      throw new RangeError(`Cannot find ${index} of what is left: there are ${this.length}, from 0 up`);
    }
    if (index === this.length) return this.total;
    const bits = this.#taken.length * 8;
    const before = this.#before, strides = before.length - 1;
    const inBits = before[strides] ?? 0;
    if (index >= inBits) return this.position + bits + (index - inBits);
    let low = 0, high = strides - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((before[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    let left = index - (before[low] ?? 0);
    let position = this.position + low * STRIDE;
    for (;; position++) {
      if (!this.isTaken(position) && left-- === 0) return position;
    }
  }

  /** The bits of those that are taken, from `from` on: what {@linkcode Rest} takes there. Empty where none is. */
  takenFrom(from: number): Uint8Array {
    const end = this.position + this.#taken.length * 8;
    return bitsOf(from, end, (position) => this.isTaken(position));
  }
}

/** A bit for each position from `from` up to before `end`, cut behind the last one that is set. */
export function bitsOf(from: number, end: number, isSet: (position: number) => boolean): Uint8Array {
  let last = end - 1;
  while (last >= from && !isSet(last)) last--;
  const bits = new Uint8Array(Math.ceil(Math.max(last + 1 - from, 0) / 8));
  for (let position = from; position <= last; position++) {
    const bit = position - from;
    if (isSet(position)) bits[bit >> 3] = (bits[bit >> 3] ?? 0) | 1 << (bit & 7);
  }
  return bits;
}
