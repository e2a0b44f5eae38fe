/** Where something lies in a message that is being built, counted from its end: 0 for what is not there. */
export type FlatOffset = number;

/**
 * Builds a message in FlatBuffers' encoding, from its end to its start: what a table refers to is made before it.
 */
export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #alignment = 8;

  /** A text. Where `capacity` is given, so many bytes (zeros) follow for it to grow into. */
  text(text: string, capacity = 0): FlatOffset {
    const bytes = new TextEncoder().encode(text);
    const room = Math.max(bytes.length, capacity);
    this.#prepare(4, room + 1);
    this.#push(room + 1);
    this.#bytes.set(bytes, this.#bytes.length - this.#used);
    return this.#number(4, bytes.length);
  }

  /** A vector of tables or texts. */
  vector(offsets: readonly FlatOffset[]): FlatOffset {
    this.#prepare(4, offsets.length * 4);
    for (const offset of offsets.toReversed()) this.#reference(offset);
    return this.#number(4, offsets.length);
  }

  /** A vector of structs that are made of 64-bit numbers, `size` of them each. */
  structs(numbers: readonly number[], size: number): FlatOffset {
    this.#prepare(4, numbers.length * 8);
    this.#prepare(8, numbers.length * 8);
    for (const value of numbers.toReversed()) this.#number(8, value);
    return this.#number(4, numbers.length / size);
  }

  /** A table of fields by their place in the schema. */
  table(fields: readonly (FlatField | undefined)[]): FlatOffset {
    const start = this.#used;
    const places = new Array<number>(fields.length).fill(0);
    // From the largest to the smallest, so that nothing has to be filled up between them.
    for (const bytes of [8, 4, 2, 1] as const) {
      fields.forEach((field, index) => {
        if (!field || (field.bytes ?? 4) !== bytes) return;
        if (field.bytes === undefined) {
          this.#prepare(4, 0);
          this.#reference(field.offset);
        } else {
          this.#prepare(bytes, 0);
          this.#number(bytes, field.value);
        }
        places[index] = this.#used;
        if (field.bytes !== undefined) field.placed?.(this.#used);
      });
    }
    this.#prepare(4, 0);
    this.#push(4);
    const table = this.#used;
    let count = fields.length;
    while (count > 0 && places[count - 1] === 0) count--;
    this.#prepare(2, 4 + count * 2);
    for (let index = count - 1; index >= 0; index--) {
      const place = places[index] ?? 0;
      this.#number(2, place === 0 ? 0 : table - place);
    }
    this.#number(2, table - start);
    this.#number(2, 4 + count * 2);
    this.#view.setInt32(this.#bytes.length - table, this.#used - table, true);
    return table;
  }

  /** The message, for one table. Its length is a multiple of 8. */
  finish(root: FlatOffset): Uint8Array<ArrayBuffer> {
    this.#prepare(this.#alignment, 4);
    this.#reference(root);
    return this.#bytes.slice(this.#bytes.length - this.#used);
  }

  /** Makes the place behind `bytes` further ones a multiple of `size`, with room for both. */
  #prepare(size: number, bytes: number): void {
    this.#alignment = Math.max(this.#alignment, size);
    const padding = (size - (this.#used + bytes) % size) % size;
    while (this.#used + padding + bytes + size > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes, this.#bytes.length);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#used += padding;
  }

  #push(bytes: number): void {
    this.#used += bytes;
  }

  #reference(offset: FlatOffset): void {
    this.#number(4, this.#used + 4 - offset);
  }

  #number(bytes: 1 | 2 | 4 | 8, value: number): FlatOffset {
    this.#used += bytes;
    const at = this.#bytes.length - this.#used;
    if (bytes === 8) this.#view.setBigInt64(at, BigInt(value), true);
    else if (bytes === 4) this.#view.setInt32(at, value, true);
    else if (bytes === 2) this.#view.setInt16(at, value, true);
    else this.#view.setInt8(at, value);
    return this.#used;
  }
}

/** A field of a table: a number of so many bytes, or what was built before. */
export type FlatField =
  | {
    readonly bytes: 1 | 2 | 4 | 8;
    readonly value: number;
    /** Is told where the number lies, counted from the end. */
    readonly placed?: (fromEnd: number) => void;
  }
  | { readonly bytes?: undefined; readonly offset: FlatOffset };

/** A field that is a number. */
export function number(bytes: 1 | 2 | 4 | 8, value: number): FlatField {
  return { bytes, value };
}

/** A field that refers to what was built before. */
export function reference(offset: FlatOffset): FlatField {
  return { offset };
}
