import { FormatError } from "../errors/format_error.ts";

/** What the library says of a type. */
export interface Hdf5Metadata {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly vlen: boolean;
  readonly cset?: number;
  readonly strpad?: number;
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly compound_type?: { readonly members: readonly (Hdf5Metadata & { readonly name: string })[] };
}

/** What the library says of a data set. */
export interface Hdf5DatasetMetadata extends Hdf5Metadata {
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly virtual_sources?: readonly unknown[];
}

/** What of h5wasm's module is used. */
export interface Hdf5Module {
  readonly FS: {
    writeFile(path: string, bytes: Uint8Array, options: { readonly canOwn: boolean }): void;
    unlink(path: string): void;
    readonly streams: readonly ({ tty?: { ops: Terminal } } | null | undefined)[];
  };
  readonly HEAPU8: Uint8Array;
  readonly H5G_DATASET: number;
  _malloc(size: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  open(path: string, mode: number, track: boolean, low: number, high: number): bigint;
  close_file(id: bigint): number;
  get_names(id: bigint, path: string, recursive: boolean): readonly string[];
  get_type(id: bigint, path: string): number;
  get_dataset_metadata(id: bigint, path: string): Hdf5DatasetMetadata;
  get_dataset_filters(id: bigint, path: string): readonly { readonly id: number; readonly name: string }[];
  get_dataset_data(
    id: bigint,
    path: string,
    count: readonly bigint[] | null,
    offset: readonly bigint[] | null,
    strides: readonly bigint[] | null,
    pointer: bigint,
  ): number;
  reclaim_vlen_memory(id: bigint, path: string, attribute: string, pointer: bigint): number;
  reclaim_vlen_memory_count(
    id: bigint,
    path: string,
    attribute: string,
    pointer: bigint,
    count: readonly bigint[],
  ): number;
}

/** Where the library's standard error goes. */
interface Terminal {
  put_char(tty: unknown, value: number): void;
  fsync?(tty: unknown): void;
}

/** Characters of what the library tells, at most. */
const MOST_TOLD = 16_384;

/**
 * The HDF5 library of h5wasm. It is one for the process; what it writes to standard error is kept, and makes the call that
 * it comes of a failure: the library's binding does not look at every result.
 */
export class Libhdf5 {
  static #loading: Promise<Libhdf5> | undefined;
  readonly #module: Hdf5Module;
  #told = "";
  #dead = false;

  private constructor(module: Hdf5Module) {
    this.#module = module;
    const tty = module.FS.streams[2]?.tty;
    if (!tty) throw new Error("Cannot load h5wasm: its standard error is not where it was");
    tty.ops = {
      ...tty.ops,
      put_char: (_, value) => {
        if (this.#told.length < MOST_TOLD) this.#told += String.fromCharCode(value);
      },
      fsync: () => {},
    };
  }

  /** Loads the library, once. */
  static load(): Promise<Libhdf5> {
    return this.#loading ??= import("h5wasm")
      .then(({ ready }) => ready)
      .then((module) => new Libhdf5(module as unknown as Hdf5Module));
  }

  /** Calls the library about an object, or about `part` of it; what it tells or throws is a `FormatError` of that. */
  call<T>(uri: string, work: (module: Hdf5Module) => T, part?: string): T {
    const fault = (reason: string, advice?: string) => {
      const detail = part === undefined ? reason : `${JSON.stringify(part)}: ${reason}`;
      return new FormatError({ operation: "read HDF5", uri, detail, advice });
    };
    if (this.#dead) throw fault("the HDF5 library broke down on another file", "start another process");
    this.#told = "";
    let result: T;
    try {
      result = work(this.#module);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        this.#dead = true;
        throw fault(`the HDF5 library broke down (${error.message})`);
      }
      if (this.#told === "" && !(error instanceof Error && /^error - /.test(error.message))) throw error;
      throw fault(this.#reason());
    }
    if (this.#told !== "") throw fault(this.#reason());
    return result;
  }

  /** The innermost reason of what was told: `truncated file: eof = 1000, ...`. */
  #reason(): string {
    const reasons = [...this.#told.matchAll(/^ {2}#\d+: .*? in \w+\(\): (.*)$/gm)];
    return reasons.at(-1)?.[1] ?? "the HDF5 library says that it is damaged";
  }
}
