import type { NumericArray } from "../array/dtype.ts";
import type { ValuesConstructor } from "./value_layout.ts";

/** An array of numbers that grows, and is cut to what it has at the end. */
export class GrowingValues {
  readonly #Values: ValuesConstructor;
  #values: NumericArray;
  #length = 0;

  /** An empty one. */
  constructor(Values: ValuesConstructor) {
    this.#Values = Values;
    this.#values = new Values(64);
  }

  /** Adds `count` elements, which are zero, and gives the array and the place of the first. */
  add(count: number): { readonly values: NumericArray; readonly at: number } {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#values.length) {
      const grown = new this.#Values(Math.max(this.#length, this.#values.length * 2));
      grown.set(this.#values as never);
      this.#values = grown;
    }
    return { values: this.#values, at };
  }

  /** Adds a number, as the array holds it. */
  push(value: number | bigint): void {
    const at = this.#length;
    if (at === this.#values.length) this.add(1);
    else this.#length++;
    this.#values[at] = value as never;
  }

  /** Adds all of an array of the same kind. */
  pushAll(values: NumericArray): void {
    const { values: room, at } = this.add(values.length);
    room.set(values as never, at);
  }

  /** What was gathered, copied. It is empty again afterwards. */
  finish(): NumericArray {
    const values = this.#values.slice(0, this.#length);
    this.#length = 0;
    new Uint8Array(this.#values.buffer).fill(0);
    return values;
  }
}
