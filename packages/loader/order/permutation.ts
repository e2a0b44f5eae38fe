import { mix32, randomBits, type RandomKey, randomUnit } from "./keyed_random.ts";

/** A permutation of the whole numbers from 0 up to `length`. */
export interface Permutation {
  /** How many numbers it is of. */
  readonly length: number;
  /** The number at a place. */
  at(place: number): number;
  /** The place of a number: `placeOf(at(i))` is `i`. */
  placeOf(number: number): number;
}

/** Up to how many numbers a table is made, of 4 bytes for each. */
const TABLE = 65_536;
const HALF_ROUNDS = 6;

/**
 * The permutation of `length` numbers that a key names: any number of them, up to 2^53, at any place, without memory that
 * grows with them. Up to 65,536 it is a table shuffled by Fisher and Yates, of which every order is as likely; above, a
 * Feistel network of six half-rounds over as many bits as the numbers have, walked until it falls below `length`.
 */
export function permutation(length: number, key: RandomKey): Permutation {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(`Cannot permute ${length} numbers: a whole number is needed`);
  }
  return length <= TABLE ? new ShuffledTable(length, key) : new FeistelPermutation(length, key);
}

class ShuffledTable implements Permutation {
  readonly length: number;
  readonly #numbers: Uint32Array;
  #places: Uint32Array | undefined;

  constructor(length: number, key: RandomKey) {
    this.length = length;
    const numbers = new Uint32Array(length);
    for (let place = 0; place < length; place++) {
      const other = Math.floor(randomUnit(key, place) * (place + 1));
      numbers[place] = numbers[other] ?? 0;
      numbers[other] = place;
    }
    this.#numbers = numbers;
  }

  at(place: number): number {
    return this.#numbers[place] ?? outside(place, this.length);
  }

  placeOf(number: number): number {
    if (!this.#places) {
      const places = this.#places = new Uint32Array(this.length);
      this.#numbers.forEach((number, place) => {
        places[number] = place;
      });
    }
    return this.#places[number] ?? outside(number, this.length);
  }
}

class FeistelPermutation implements Permutation {
  readonly length: number;
  readonly #lowSize: number;
  readonly #lowMask: number;
  readonly #highMask: number;
  readonly #keys: Int32Array;

  constructor(length: number, key: RandomKey) {
    this.length = length;
    const bits = Math.ceil(Math.log2(length));
    // Where rounding made the logarithm too small, one more bit is needed.
    const enough = 2 ** bits < length ? bits + 1 : bits;
    const lowBits = enough >> 1;
    this.#lowSize = 2 ** lowBits;
    this.#lowMask = this.#lowSize - 1;
    this.#highMask = 2 ** (enough - lowBits) - 1;
    this.#keys = Int32Array.from({ length: HALF_ROUNDS }, (_, round) => randomBits(key, round));
  }

  at(place: number): number {
    if (!(place >= 0 && place < this.length && Number.isInteger(place))) return outside(place, this.length);
    let number = place;
    do number = this.#forward(number); while (number >= this.length);
    return number;
  }

  placeOf(number: number): number {
    if (!(number >= 0 && number < this.length && Number.isInteger(number))) {
      return outside(number, this.length);
    }
    let place = number;
    do place = this.#backward(place); while (place >= this.length);
    return place;
  }

  #forward(value: number): number {
    const size = this.#lowSize, keys = this.#keys;
    let high = Math.floor(value / size);
    let low = value - high * size;
    for (let round = 0; round < HALF_ROUNDS; round += 2) {
      low ^= mix32(high ^ (keys[round] ?? 0)) & this.#lowMask;
      high ^= mix32(low ^ (keys[round + 1] ?? 0)) & this.#highMask;
    }
    return high * size + low;
  }

  #backward(value: number): number {
    const size = this.#lowSize, keys = this.#keys;
    let high = Math.floor(value / size);
    let low = value - high * size;
    for (let round = HALF_ROUNDS - 2; round >= 0; round -= 2) {
      high ^= mix32(low ^ (keys[round + 1] ?? 0)) & this.#highMask;
      low ^= mix32(high ^ (keys[round] ?? 0)) & this.#lowMask;
    }
    return high * size + low;
  }
}

function outside(number: number, length: number): never {
  throw new RangeError(`Cannot permute ${number}: there are ${length} numbers, from 0 up`);
}
