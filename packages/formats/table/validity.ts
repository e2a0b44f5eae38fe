import { countBits } from "./bits.ts";
import type { Column } from "./column.ts";

/** Whether a row of a column has a value. */
export function hasValue({ validity }: Column, row: number): boolean {
  return validity === undefined || ((validity[row >> 3] ?? 0) >> (row & 7) & 1) === 1;
}

/** Rows of a column that have no value. */
export function countNulls(column: Column): number {
  const { validity, length } = column;
  if (validity === undefined) return 0;
  return length - countBits(validity, length);
}

/** Gathers which rows have a value; takes memory only once one has none. */
export class ValidityBuilder {
  #bits: Uint8Array | undefined;
  #length = 0;

  /** Rows so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds rows that have values. */
  addValues(count: number): void {
    const from = this.#length;
    this.#length += count;
    if (!this.#bits) return;
    const bits = this.#room();
    for (let row = from; row < this.#length; row++) bits[row >> 3] = (bits[row >> 3] ?? 0) | 1 << (row & 7);
  }

  /** Adds rows that have none. */
  addNulls(count: number): void {
    if (count === 0) return;
    if (!this.#bits) {
      const values = this.#length;
      this.#bits = new Uint8Array(Math.max(64, (values + count + 7) >> 3));
      this.#length = 0;
      this.addValues(values);
    }
    this.#length += count;
    this.#room();
  }

  /** Adds what a column says of its rows from `from` up to before `to`. */
  addColumn(column: Column, from: number, to: number): void {
    if (!column.validity) return this.addValues(to - from);
    for (let row = from; row < to; row++) {
      if (hasValue(column, row)) this.addValues(1);
      else this.addNulls(1);
    }
  }

  /** What was gathered, as a column has it: `undefined` where all rows have values. It is empty again afterwards. */
  finish(): Uint8Array | undefined {
    const bits = this.#bits?.slice(0, (this.#length + 7) >> 3);
    this.#bits = undefined;
    this.#length = 0;
    return bits;
  }

  #room(): Uint8Array {
    let bits = this.#bits ?? new Uint8Array(64);
    const wanted = (this.#length + 7) >> 3;
    if (wanted > bits.length) {
      const grown = new Uint8Array(Math.max(wanted, bits.length * 2));
      grown.set(bits);
      bits = grown;
    }
    return this.#bits = bits;
  }
}
