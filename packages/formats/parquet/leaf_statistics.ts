import type { NumericArray } from "../array/dtype.ts";
import type { ValuesConstructor } from "../table/value_layout.ts";
import type { PageValues } from "./leaf_sink.ts";
import type { LeafNode } from "./schema_tree.ts";
import { i64, struct, type ThriftField } from "./thrift_writer.ts";

/** Gathers what readers pass over row groups by: the number of nulls, and of numbers the least and the greatest one. */
export class LeafStatistics {
  readonly #view: ((bytes: Uint8Array) => NumericArray) | undefined;
  #nulls = 0;
  #least: number | bigint | undefined;
  #most: number | bigint | undefined;
  /** NaN has no place in an order, so a column that has it tells none. */
  #ordered = true;

  /** Of a column. */
  constructor({ element, field }: LeafNode) {
    const unsigned = field.type.kind.startsWith("uint");
    const Views: Readonly<Record<string, ValuesConstructor>> = {
      INT32: unsigned ? Uint32Array : Int32Array,
      INT64: unsigned ? BigUint64Array : BigInt64Array,
      FLOAT: Float32Array,
      DOUBLE: Float64Array,
    };
    const { type = "BYTE_ARRAY" } = element;
    const View = Views[type];
    if (!View) return;
    this.#view = (bytes) => {
      const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
      return new View(aligned.buffer, aligned.byteOffset, aligned.length / View.BYTES_PER_ELEMENT);
    };
  }

  /** Adds values, and how many others are null. */
  add({ bytes }: PageValues, nulls: number): void {
    this.#nulls += nulls;
    const numbers = this.#view?.(bytes);
    if (!numbers || numbers.length === 0 || !this.#ordered) return;
    let least = this.#least ?? numbers[0] ?? 0;
    let most = this.#most ?? numbers[0] ?? 0;
    for (const number of numbers) {
      if (number < least) least = number;
      else if (number > most) most = number;
      else if (number !== number) this.#ordered = false;
    }
    this.#least = least;
    this.#most = most;
  }

  /** What a footer says of it. */
  finish(): ThriftField {
    const least = this.#ordered ? this.#least : undefined;
    const most = this.#ordered ? this.#most : undefined;
    return struct({
      3: i64(this.#nulls),
      5: this.#bytesOf(most === 0 ? 0 : most),
      // Zero comes in two, and readers may take either one for the lesser.
      6: this.#bytesOf(least === 0 ? -0 : least),
    });
  }

  #bytesOf(value: number | bigint | undefined): ThriftField | undefined {
    if (value === undefined || !this.#view) return undefined;
    const bytes = new Uint8Array(8);
    const numbers = this.#view(bytes);
    numbers[0] = value as never;
    return { kind: "binary", value: bytes.subarray(0, numbers.BYTES_PER_ELEMENT) };
  }
}
