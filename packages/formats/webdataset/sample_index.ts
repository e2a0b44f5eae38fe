import { GrowingBytes } from "../table/growing_bytes.ts";
import type { SampleField } from "./sample_grouper.ts";

/** Where the fields of one sample lie. */
export interface SampleLayout {
  /** The sample's key; absent where only an index of DALI's before v1.2 tells of it. */
  readonly key?: string;
  /** Its fields, in the order of the shard. */
  readonly fields: readonly SampleField[];
}

/** Where the samples of a shard lie, in a few packed arrays: 16 bytes and its name for each file. */
export class SampleIndex {
  /** Samples. */
  readonly length: number;
  /** Files of all samples. */
  readonly files: number;
  /** Where the last file's data ends; 0 where there is none. */
  readonly end: number;
  readonly #starts: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #sizes: Float64Array;
  readonly #names: { readonly offsets: Int32Array; readonly values: Uint8Array };
  readonly #hasNames: boolean;

  /** What a {@linkcode SampleIndexBuilder} gathered. */
  constructor(
    starts: Uint32Array,
    offsets: Float64Array,
    sizes: Float64Array,
    names: { readonly offsets: Int32Array; readonly values: Uint8Array },
    hasNames: boolean,
  ) {
    this.length = starts.length - 1;
    this.files = offsets.length;
    this.end = offsets.length === 0 ? 0 : (offsets.at(-1) ?? 0) + (sizes.at(-1) ?? 0);
    this.#starts = starts;
    this.#offsets = offsets;
    this.#sizes = sizes;
    this.#names = names;
    this.#hasNames = hasNames;
  }

  /** The sample's place; a `RangeError` where there are not so many. */
  at(index: number): SampleLayout {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    const [start = 0, end = 0] = [this.#starts[index], this.#starts[index + 1]];
    const fields: SampleField[] = [];
    let key: string | undefined;
    for (let file = start; file < end; file++) {
      const [offset = 0, size = 0, text] = [this.#offsets[file], this.#sizes[file], this.#nameOf(file)];
      if (!this.#hasNames) {
        fields.push({ field: text.toLowerCase(), offset, size });
        continue;
      }
      const dot = text.indexOf(".", text.lastIndexOf("/") + 1);
      key ??= text.slice(0, dot);
      fields.push({ field: text.slice(dot + 1).toLowerCase(), name: text, offset, size });
    }
    return { ...(key !== undefined && { key }), fields };
  }

  /** The names of all fields, each once, in the order in which they first come. */
  fields(): string[] {
    const found = new Set<string>();
    for (let file = 0; file < this.files; file++) {
      const text = this.#nameOf(file);
      const dot = this.#hasNames ? text.indexOf(".", text.lastIndexOf("/") + 1) : -1;
      found.add(text.slice(dot + 1).toLowerCase());
    }
    return [...found];
  }

  #nameOf(file: number): string {
    const { offsets, values } = this.#names;
    return decoder.decode(values.subarray(offsets[file], offsets[file + 1]));
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Gathers a {@linkcode SampleIndex}. */
export class SampleIndexBuilder {
  readonly #hasNames: boolean;
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];
  readonly #names = new GrowingBytes();

  /** With the members' names, or else with their extensions alone. */
  constructor({ hasNames = true } = {}) {
    this.#hasNames = hasNames;
  }

  /** Samples so far. */
  get length(): number {
    return this.#starts.length;
  }

  /** Adds a file: `name` is its name, or its extension where the index has no names. */
  add(name: string, offset: number, size: number, isFirst: boolean): void {
    if (isFirst) this.#starts.push(this.#offsets.length);
    this.#offsets.push(offset);
    this.#sizes.push(size);
    this.#names.addText(name);
  }

  /** The index. */
  finish(): SampleIndex {
    return new SampleIndex(
      Uint32Array.from([...this.#starts, this.#offsets.length]),
      Float64Array.from(this.#offsets),
      Float64Array.from(this.#sizes),
      this.#names.finish(),
      this.#hasNames,
    );
  }
}
