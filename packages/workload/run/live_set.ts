import type { ObjectSet } from "../spec/workload_spec.ts";
import { sizesOf } from "./object_sizes.ts";

const LEAST_DIGITS = 7;
const LEAST_SHARD_DIGITS = 2;

/**
 * Which objects of a set are there. Each number is live, in work (being put or deleted) or free; what is in work is neither
 * read nor touched by another. Ten bytes of memory for each object.
 */
export class LiveSet {
  readonly name: string;
  readonly count: number;
  /** Bytes of the object of a number. */
  readonly sizeOf: (number: number) => number;
  readonly #shards: number;
  /** All numbers: those that are live, then those in work, then those that are free. */
  readonly #order: Uint32Array;
  /** Where each number stands in that order. */
  readonly #place: Uint32Array;
  readonly #readers: Uint16Array;
  #live = 0;
  #taken = 0;

  constructor(set: ObjectSet, seed: number) {
    this.name = set.name;
    this.count = set.count;
    this.sizeOf = sizesOf(set, seed);
    this.#shards = set.shards;
    this.#order = new Uint32Array(set.count).map((_, number) => number);
    this.#place = this.#order.slice();
    this.#readers = new Uint16Array(set.count);
  }

  /** How many objects are there. */
  get live(): number {
    return this.#live;
  }

  /** How many are neither there nor in work. */
  get free(): number {
    return this.count - this.#taken;
  }

  /** How many prefixes its keys have. */
  get shards(): number {
    return this.#shards;
  }

  /** The key of an object, below the prefix of the workload. */
  keyOf(number: number): string {
    return this.prefixOf(number % this.#shards) + String(number).padStart(LEAST_DIGITS, "0");
  }

  /** The prefix of the keys of a shard. */
  prefixOf(shard: number): string {
    if (this.#shards === 1) return `${this.name}/`;
    const digits = Math.max(LEAST_SHARD_DIGITS, String(this.#shards - 1).length);
    return `${this.name}/${String(shard).padStart(digits, "0")}/`;
  }

  /** The number of a key that `keyOf` gives; `undefined` of any other. */
  numberOf(key: string): number | undefined {
    const number = Number(/\/(\d{7,9})$/.exec(key)?.[1] ?? NaN);
    return number < this.count && this.keyOf(number) === key ? number : undefined;
  }

  /** The number at a place among the live ones, which are in no order. */
  at(place: number): number {
    return this.#order[place] ?? 0;
  }

  isLive(number: number): boolean {
    return this.#placeOf(number) < this.#live;
  }

  isRead(number: number): boolean {
    return this.#readers[number] !== 0;
  }

  /** Says that an object is read from now on; so it is neither put nor deleted meanwhile. */
  beginRead(number: number): void {
    this.#readers[number] = (this.#readers[number] ?? 0) + 1;
  }

  endRead(number: number): void {
    this.#readers[number] = (this.#readers[number] ?? 0) - 1;
  }

  /** The first free number, where there is one. */
  get firstFree(): number {
    return this.at(this.#taken);
  }

  /** Takes a free number into work. */
  take(number: number): void {
    this.#swap(number, this.#taken++);
  }

  /** Takes a live object into work. */
  takeLive(number: number): void {
    this.#swap(number, --this.#live);
  }

  /** Ends work: the object is there. */
  makeLive(number: number): void {
    this.#swap(number, this.#live++);
  }

  /** Ends work: the object is not there, or nobody knows. */
  makeFree(number: number): void {
    this.#swap(number, --this.#taken);
  }

  /** Puts the live ones into a random order, of numbers below their argument. */
  shuffle(below: (count: number) => number): void {
    for (let left = this.#live; left > 1; left--) this.#swap(this.at(below(left)), left - 1);
  }

  /** The numbers of the live ones now. */
  numbers(): Uint32Array {
    return this.#order.slice(0, this.#live);
  }

  #placeOf(number: number): number {
    return this.#place[number] ?? 0;
  }

  #swap(number: number, to: number): void {
    const from = this.#placeOf(number);
    const other = this.at(to);
    this.#order[to] = number;
    this.#order[from] = other;
    this.#place[number] = to;
    this.#place[other] = from;
  }
}
