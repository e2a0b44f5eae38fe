import { Buffer } from "node:buffer";
import { GrowingBuffer } from "./growing_buffer.ts";
import type { TextValues } from "./leaf_sink.ts";

/** Bytes of a dictionary at most, with the lengths of its values. */
const MOST_BYTES = 2 ** 20;
/** Values that are looked at before it is said whether a dictionary pays. */
const ENOUGH = 1000;

/** The values that a column of texts has, each once, while that is worth it: at most half as many as there are rows. */
export class TextDictionary {
  readonly #places = new Map<string, number>();
  readonly #plain = new GrowingBuffer();
  /** Where each value begins, and where the last one ends. */
  readonly #offsets: number[] = [0];
  #seen = 0;

  /** Values in it. */
  get count(): number {
    return this.#places.size;
  }

  /** All of them, each with its length before it. */
  get plain(): Uint8Array {
    return this.#plain.view();
  }

  /** The places of values, which are put in where they are new; `undefined` once it has grown too large to be worth it. */
  add({ bytes, offsets }: TextValues): Uint32Array | undefined {
    const count = offsets.length - 1;
    const places = new Uint32Array(count);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let index = 0; index < count; index++) {
      const from = offsets[index] ?? 0;
      const end = offsets[index + 1] ?? 0;
      // A letter for each byte, whatever they mean.
      const key = buffer.toString("latin1", from, end);
      let place = this.#places.get(key);
      if (place === undefined) {
        this.#seen++;
        if (this.#isTooMany(end - from)) return undefined;
        place = this.#put(key, bytes.subarray(from, end));
      } else this.#seen++;
      places[index] = place;
    }
    return places;
  }

  /** The values at places, each with its length before it. */
  addPlain(places: Uint32Array, to: GrowingBuffer): void {
    const plain = this.#plain.view();
    for (const place of places) to.add(plain.subarray(this.#offsets[place], this.#offsets[place + 1]));
  }

  #isTooMany(size: number): boolean {
    const count = this.#places.size + 1;
    return this.#plain.length + size + 4 > MOST_BYTES || count > ENOUGH && count * 2 > this.#seen;
  }

  #put(key: string, value: Uint8Array): number {
    const place = this.#places.size;
    const { bytes, at } = this.#plain.grow(4);
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, value.length, true);
    this.#plain.add(value);
    this.#offsets.push(this.#plain.length);
    this.#places.set(key, place);
    return place;
  }
}
