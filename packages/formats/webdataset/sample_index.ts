import type { SampleField } from "./sample_grouper.ts";

/** Where the fields of one sample lie. */
export interface SampleLayout {
  /** The sample's key; absent where only an index of DALI's before v1.2 tells of it. */
  readonly key?: string;
  /** Its fields, in the order of the shard. */
  readonly fields: readonly SampleField[];
}

/** The columns of a {@linkcode SampleIndex}. */
export interface IndexColumns {
  /** The first file of each sample, and the number of files. */
  readonly starts: Uint32Array;
  /** Where each file's data begins. */
  readonly offsets: Float64Array;
  /** Bytes of each file. */
  readonly sizes: Float64Array;
  /** The names, or extensions, one after the other. */
  readonly names: Uint8Array;
  /** Where each name begins, and the last one ends. */
  readonly nameStarts: Uint32Array;
  /** Whether these are names, rather than extensions alone. */
  readonly hasNames: boolean;
}

/** Where the samples of a shard lie, in a few packed arrays: 20 bytes and its name for each file. */
export class SampleIndex {
  /** Samples. */
  readonly length: number;
  /** Files of all samples. */
  readonly files: number;
  /** Where the last file's data ends; 0 where there is none. */
  readonly end: number;
  readonly #columns: IndexColumns;

  /** What a {@linkcode SampleIndexBuilder} gathered. */
  constructor(columns: IndexColumns) {
    const { starts, offsets, sizes } = columns;
    this.length = starts.length - 1;
    this.files = offsets.length;
    this.end = offsets.length === 0 ? 0 : (offsets.at(-1) ?? 0) + (sizes.at(-1) ?? 0);
    this.#columns = columns;
  }

  /** The sample's place; a `RangeError` where there are not so many. */
  at(index: number): SampleLayout {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    const { starts, hasNames } = this.#columns;
    const fields: SampleField[] = [];
    let key: string | undefined;
    for (let file = starts[index] ?? 0; file < (starts[index + 1] ?? 0); file++) {
      const { name, dot, offset, size } = this.fileAt(file);
      const field = name.slice(dot + 1).toLowerCase();
      if (hasNames) key ??= name.slice(0, dot);
      fields.push({ field, ...(hasNames && { name }), offset, size });
    }
    return { ...(key !== undefined && { key }), fields };
  }

  /** The first file of a sample, and the one behind its last. */
  filesOf(index: number): readonly [first: number, end: number] {
    const { starts } = this.#columns;
    return [starts[index] ?? 0, starts[index + 1] ?? 0];
  }

  /** A file: its name, or its extension where there are no names, and the place of the dot before the field. */
  fileAt(file: number): { name: string; dot: number; offset: number; size: number } {
    const { names, nameStarts, offsets, sizes, hasNames } = this.#columns;
    const name = decoder.decode(names.subarray(nameStarts[file], nameStarts[file + 1]));
    const dot = hasNames ? name.indexOf(".", name.lastIndexOf("/") + 1) : -1;
    return { name, dot, offset: offsets[file] ?? 0, size: sizes[file] ?? 0 };
  }

  /** Whether the files' names are known. */
  get hasNames(): boolean {
    return this.#columns.hasNames;
  }

  /** The names of all fields, each once, in the order in which they first come. */
  fields(): string[] {
    const found = new Set<string>();
    for (let file = 0; file < this.files; file++) {
      const { name, dot } = this.fileAt(file);
      found.add(name.slice(dot + 1).toLowerCase());
    }
    return [...found];
  }
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Gathers a {@linkcode SampleIndex}. */
export class SampleIndexBuilder {
  readonly #hasNames: boolean;
  readonly #starts: number[] = [];
  readonly #offsets: number[] = [];
  readonly #sizes: number[] = [];
  readonly #names: string[] = [];

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
    this.#names.push(name);
  }

  /** The index. */
  finish(): SampleIndex {
    const names = new TextEncoder().encode(this.#names.join(""));
    const nameStarts = new Uint32Array(this.#names.length + 1);
    const characters = this.#names.reduce((sum, { length }) => sum + length, 0);
    const lengthOf = characters === names.length
      ? ({ length }: string) => length
      : (name: string) => new TextEncoder().encode(name).length;
    this.#names.forEach((name, file) => nameStarts[file + 1] = (nameStarts[file] ?? 0) + lengthOf(name));
    return new SampleIndex({
      starts: Uint32Array.from([...this.#starts, this.#offsets.length]),
      offsets: Float64Array.from(this.#offsets),
      sizes: Float64Array.from(this.#sizes),
      names,
      nameStarts,
      hasNames: this.#hasNames,
    });
  }
}
