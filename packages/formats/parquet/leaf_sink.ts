/** Values of a page: of one width, or each of its own length. */
export type PageValues = FixedValues | TextValues;

/** Values that are of one width, one after the other. */
export interface FixedValues {
  /** Bytes of each. */
  readonly width: number;
  /** All of them. */
  readonly bytes: Uint8Array;
}

/** Values that differ in length. */
export interface TextValues {
  /** All of them, one after the other. */
  readonly bytes: Uint8Array;
  /** Where each begins, and where the last ends. */
  readonly offsets: Int32Array;
}

/** Which entries of a page have a value, and which have room for one. */
export interface PageEntries {
  /** Entries. */
  readonly count: number;
  /** Of each its definition level; absent where all have a value. */
  readonly definitions?: Uint8Array;
}

/** Gathers the values of a chunk, with room where there is none. Where `indexes` are given, they choose among the values. */
export interface LeafSink {
  /** Places so far. */
  readonly length: number;
  /** Adds the values of a page; a `RangeError` where it has fewer than entries with a value, or an index points nowhere. */
  add(values: PageValues, entries: PageEntries, indexes?: Uint32Array): void;
  /** All of them, a value for each place. */
  finish(): PageValues;
}

/** The levels at which an entry has a value, and at which it has room for one. */
export interface LeafLevels {
  /** The definition level of a value. */
  readonly defined: number;
  /** The least definition level of a place. */
  readonly present: number;
}

/** Gathers values of one width, at most `most` of them. */
export class FixedSink implements LeafSink {
  readonly #levels: LeafLevels;
  readonly #width: number;
  readonly #bytes: Uint8Array;
  #length = 0;

  /** Takes room for `most` values; it is not touched, and so no memory, before it is filled. */
  constructor(width: number, most: number, levels: LeafLevels) {
    this.#width = width;
    this.#levels = levels;
    this.#bytes = new Uint8Array(width * most);
  }

  /** Places so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds the values of a page. */
  add(values: PageValues, entries: PageEntries, indexes?: Uint32Array): void {
    const width = this.#width;
    const { count, definitions } = entries;
    const { bytes } = values;
    const known = bytes.length / width;
    if (!definitions) {
      if (!indexes) {
        if (known < count) throw tooFew(known);
        this.#bytes.set(known === count ? bytes : bytes.subarray(0, count * width), this.#length * width);
      } else this.#gather(bytes, indexes, count);
      this.#length += count;
      return;
    }
    const { defined, present } = this.#levels;
    const copy = copierOf(width, bytes, this.#bytes);
    let from = 0;
    let to = this.#length;
    for (let entry = 0; entry < count; entry++) {
      const level = definitions[entry] ?? 0;
      if (level === defined) {
        const place = indexes ? indexes[from] ?? known : from;
        if (place >= known) throw indexes ? noSuch(place, known) : tooFew(known);
        copy(place, to++);
        from++;
      } else if (level >= present) to++;
    }
    this.#length = to;
  }

  /** All of them. */
  finish(): FixedValues {
    const size = this.#length * this.#width;
    const bytes = size === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, size);
    return { width: this.#width, bytes };
  }

  #gather(bytes: Uint8Array, indexes: Uint32Array, count: number): void {
    const known = bytes.length / this.#width;
    if (indexes.length < count) throw tooFew(indexes.length);
    const at = this.#length;
    if (this.#width === 4) {
      const from = words(bytes);
      const to = words(this.#bytes);
      for (let entry = 0; entry < count; entry++) {
        const place = indexes[entry] ?? 0;
        if (place >= known) throw noSuch(place, known);
        to[at + entry] = from[place] ?? 0;
      }
      return;
    }
    const copy = copierOf(this.#width, bytes, this.#bytes);
    for (let entry = 0; entry < count; entry++) {
      const place = indexes[entry] ?? 0;
      if (place >= known) throw noSuch(place, known);
      copy(place, at + entry);
    }
  }
}

/** Gathers values of any length. */
export class TextSink implements LeafSink {
  readonly #levels: LeafLevels;
  readonly #offsets: Int32Array;
  #bytes = new Uint8Array(1024);
  #size = 0;
  #length = 0;

  /** Takes room for the ends of `most` values. */
  constructor(most: number, levels: LeafLevels) {
    this.#levels = levels;
    this.#offsets = new Int32Array(most + 1);
  }

  /** Places so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds the values of a page. */
  add(values: PageValues, entries: PageEntries, indexes?: Uint32Array): void {
    const { bytes, offsets } = values as TextValues;
    const { count, definitions } = entries;
    const { defined, present } = this.#levels;
    const known = offsets.length - 1;
    if (!indexes) this.#append(bytes);
    let from = 0;
    let size = this.#size - (indexes ? 0 : bytes.length);
    for (let entry = 0; entry < count; entry++) {
      const level = definitions ? definitions[entry] ?? 0 : defined;
      if (level === defined) {
        const place = indexes ? indexes[from] ?? known : from;
        if (place >= known) throw indexes ? noSuch(place, known) : tooFew(known);
        const start = offsets[place] ?? 0;
        const end = offsets[place + 1] ?? 0;
        if (indexes) this.#append(bytes, start, end);
        size += end - start;
        from++;
      } else if (level < present) continue;
      this.#offsets[++this.#length] = size;
    }
    this.#size = size;
  }

  /** All of them. */
  finish(): TextValues {
    const offsets = this.#length + 1 === this.#offsets.length
      ? this.#offsets
      : this.#offsets.slice(0, this.#length + 1);
    return { bytes: this.#bytes.slice(0, this.#size), offsets };
  }

  #append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const wanted = this.#size + end - start;
    if (wanted > 2 ** 31 - 1) throw new RangeError("it has more than 2 GiB in one row group");
    if (wanted > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(wanted, this.#bytes.length * 2), 2 ** 31 - 1));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    if (end - start > 24) this.#bytes.set(bytes.subarray(start, end), this.#size);
    else for (let at = start, to = this.#size; at < end; at++, to++) this.#bytes[to] = bytes[at] ?? 0;
    this.#size = wanted;
  }
}

/** Copies a value of `width` bytes from one place to another. */
function copierOf(width: number, from: Uint8Array, to: Uint8Array): (place: number, at: number) => void {
  if (width === 4) {
    const source = words(from);
    const target = words(to);
    return (place, at) => target[at] = source[place] ?? 0;
  }
  if (width === 8) {
    const source = words(from);
    const target = words(to);
    return (place, at) => {
      target[2 * at] = source[2 * place] ?? 0;
      target[2 * at + 1] = source[2 * place + 1] ?? 0;
    };
  }
  if (width === 1) return (place, at) => to[at] = from[place] ?? 0;
  return (place, at) => {
    for (let index = 0; index < width; index++) to[at * width + index] = from[place * width + index] ?? 0;
  };
}

/** The bytes by fours; copied where they do not lie so. */
function words(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

function tooFew(known: number): RangeError {
  return new RangeError(`a page has ${known} values, and more are told`);
}

function noSuch(place: number, known: number): RangeError {
  return new RangeError(`value ${place} of a dictionary of ${known} is meant`);
}
