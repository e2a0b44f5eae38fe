import type { CallOptions, ObjectStore, StoreContext } from "@lade/core";
import { QuotaExceededError, UnsupportedError } from "@lade/core/errors";
import { elementsOf, layoutOf } from "../array/dtype.ts";
import type { NdArray } from "../array/nd_array.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { describesBfloat16 } from "./describes_bfloat16.ts";
import { type Hdf5Type, hdf5TypeOf } from "./hdf5_type.ts";
import { Libhdf5 } from "./libhdf5.ts";
import { type InLibrary, OpenedMemory, OPERATION } from "./opened_memory.ts";
import { type Hdf5Range, piecesOf, type Selection, selectionOf } from "./selection.ts";
import { superblockOf } from "./superblock.ts";

/** Options of {@linkcode openHdf5}. */
export interface OpenHdf5Options extends CallOptions {
  /** Bytes of a file, and of what is read of it at a time, at most; the byte budget of the store's context by default. */
  readonly maxSize?: number;
}

/** What of a data set is read. */
export interface ReadHdf5Options extends CallOptions {
  /** The indices wanted of each dimension, from the first one on; all by default. */
  readonly slice?: readonly Hdf5Range[];
}

/** A data set. */
export interface Hdf5Dataset extends Hdf5Type {
  /** Its path in the file, without a slash at its beginning. */
  readonly path: string;
  /** The length of each dimension; `[0]` where it has no elements at all. */
  readonly shape: readonly number[];
  /** The shape of its chunks, where it has some. */
  readonly chunks?: readonly number[];
  /** The filters that its chunks went through: `shuffle`, `deflate`, `fletcher32`. */
  readonly filters: readonly string[];
}

interface Known extends Hdf5Dataset, InLibrary {
  /** A filter that the library does not have. */
  readonly foreign?: string;
}

/** Bytes that go through the library's memory at a time, which never becomes smaller. */
const PIECE = 8 * 2 ** 20;
/** The filters from this number on are not the library's. */
const FOREIGN = 256;

/**
 * An HDF5 file, which lies in memory as a whole until it is disposed. Only numbers and texts are read; what else there is, is
 * listed.
 */
export class Hdf5File implements Disposable {
  /** What errors name. */
  readonly uri: string;
  /** Bytes of the file. */
  readonly size: number;
  /** The data sets by their paths, ascending; links to some lead to them too, but never out of the file. */
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>;
  readonly #known: ReadonlyMap<string, Known>;
  readonly #library: Libhdf5;
  readonly #memory: OpenedMemory;
  #hasBfloat16: boolean | undefined;

  private constructor(library: Libhdf5, memory: OpenedMemory, uri: string) {
    this.#library = library;
    this.#memory = memory;
    this.uri = uri;
    this.size = memory.bytes.length;
    this.#known = new Map(this.#list().map((dataset) => [dataset.path, dataset]));
    this.datasets = new Map(
      Array.from(this.#known, ([path, { metadata: _, foreign: __, ...rest }]) => [path, rest]),
    );
  }

  /** Reads a file into memory that the context's budget counts, and lists what is in it. */
  static async open(
    source: ByteSource,
    context: StoreContext,
    options: OpenHdf5Options = {},
  ): Promise<Hdf5File> {
    const { uri, size } = source;
    const { maxSize = context.budget.capacity, signal } = options;
    if (size > maxSize) {
      const detail = `it has ${size} bytes, and is read from memory as a whole, where it may have ${maxSize}`;
      throw new QuotaExceededError({
        operation: OPERATION,
        uri,
        detail,
        advice: "raise maxSize, or maxBufferedBytes of the context",
      });
    }
    const lease = await context.budget.acquire(size, signal);
    let memory: OpenedMemory | undefined;
    try {
      const bytes = new Uint8Array(size);
      await source.readInto(0, bytes, signal ? { signal } : {});
      const library = await Libhdf5.load();
      signal?.throwIfAborted();
      memory = new OpenedMemory(library, bytes, uri, lease, maxSize);
      return new Hdf5File(library, memory, uri);
    } catch (error) {
      memory?.close();
      lease.release();
      throw error;
    }
  }

  /** Throws a `FormatError` where bytes follow the end that the file says it has, which the library passes over. */
  checkEnd(): void {
    const end = superblockOf(this.#memory.bytes)?.end ?? this.size;
    if (end >= this.size) return;
    const detail = `${this.size - end} bytes follow its end at byte ${end}`;
    throw new FormatError({ operation: OPERATION, uri: this.uri, detail, offset: end });
  }

  /** Reads the numbers of a data set, or of a block of it. A path that is not there is a `TypeError`. */
  async read(path: string, { slice = [], signal }: ReadHdf5Options = {}): Promise<NdArray> {
    const dataset = this.#find(path);
    const { dtype, shape, name } = dataset;
    if (dtype === undefined) {
      throw this.#unsupported(
        path,
        `its elements are ${name}`,
        dataset.text ? "read it by readText()" : undefined,
      );
    }
    if (dtype === "float16" && (this.#hasBfloat16 ??= describesBfloat16(this.#memory.bytes))) {
      throw this.#unsupported(path, "the file has bfloat16 too, and the library does not tell which this is");
    }
    const selection = selectionOf(shape, slice, this.#what(path));
    const bytes = new Uint8Array(this.#sizeOf(dataset, selection));
    let at = 0;
    for (const piece of this.#pieces(dataset, selection)) {
      signal?.throwIfAborted();
      at += this.#memory.read(dataset, piece, (elements) => {
        bytes.set(elements, at);
        return elements.length;
      });
    }
    const data = layoutOf(dtype).view(bytes.buffer, 0, bytes.length);
    return { dtype, shape: selection.shape, order: "C", data };
  }

  /** Reads the texts of a data set, or of a block of it, in the order in which they lie. */
  async readText(path: string, { slice = [], signal }: ReadHdf5Options = {}): Promise<string[]> {
    const dataset = this.#find(path);
    if (!dataset.text) throw this.#unsupported(path, `its elements are ${dataset.name}`);
    const selection = selectionOf(dataset.shape, slice, this.#what(path));
    this.#sizeOf(dataset, selection);
    const texts: string[] = [];
    for (const piece of this.#pieces(dataset, selection)) {
      signal?.throwIfAborted();
      texts.push(...this.#memory.readTexts(dataset, piece));
    }
    return texts;
  }

  /**
   * Reads a data set from start to end, whatever it holds, so that the library compares its checksums, and keeps nothing of
   * it. Gives the bytes of its elements; `undefined` where it cannot be read: for a filter that the library does not have, or
   * since it is made of other files.
   */
  async check(path: string, { signal }: CallOptions = {}): Promise<number | undefined> {
    const dataset = this.#known.get(path) ?? this.#find(path);
    if (dataset.foreign !== undefined || dataset.metadata.virtual_sources) return undefined;
    const selection = selectionOf(dataset.shape, [], this.#what(path));
    let bytes = 0;
    for (const piece of this.#pieces(dataset, selection)) {
      signal?.throwIfAborted();
      bytes += this.#memory.read(dataset, piece, (elements) => elements.length);
    }
    return bytes;
  }

  /** Frees the memory. A second call does nothing. */
  [Symbol.dispose](): void {
    this.#memory.close();
  }

  #list(): Known[] {
    const { id } = this.#memory;
    const names = this.#library.call(this.uri, (module) => module.get_names(id, "/", true));
    return names.toSorted().flatMap((path): Known[] => {
      return this.#library.call(this.uri, (module) => {
        if (module.get_type(id, path) !== module.H5G_DATASET) return [];
        const metadata = module.get_dataset_metadata(id, path);
        const filters = module.get_dataset_filters(id, path);
        const foreign = filters.find((filter) => filter.id >= FOREIGN)?.name;
        return [{
          ...hdf5TypeOf(metadata),
          path,
          shape: metadata.shape ?? [0],
          ...(metadata.chunks && { chunks: metadata.chunks }),
          filters: filters.map(({ name }) => name),
          metadata,
          ...(foreign !== undefined && { foreign }),
        }];
      }, path);
    });
  }

  #find(path: string): Known {
    const dataset = this.#known.get(path);
    if (!dataset) {
      const some = [...this.#known.keys()].slice(0, 5).map((known) => JSON.stringify(known));
      const more = this.#known.size > some.length ? `, … (${this.#known.size} in all)` : "";
      throw new TypeError(`Cannot read ${this.#what(path)}: it has ${some.join(", ") || "none"}${more}`);
    }
    const { foreign, metadata } = dataset;
    if (foreign !== undefined) {
      const advice = "rewrite it by h5repack -f GZIP=4";
      throw this.#unsupported(
        path,
        `it is compressed by ${foreign}, which the library does not have`,
        advice,
      );
    }
    if (metadata.virtual_sources) throw this.#unsupported(path, "it is made of other files");
    return dataset;
  }

  /** Bytes of a block as the library gives it. */
  #sizeOf({ path, metadata }: Known, { shape }: Selection): number {
    const size = (elementsOf(shape) ?? NaN) * metadata.size;
    const { maxSize } = this.#memory;
    if (size <= maxSize) return size;
    const detail = `${JSON.stringify(path)} takes ${size} bytes, where ${maxSize} may be read at a time`;
    throw new QuotaExceededError({
      operation: OPERATION,
      uri: this.uri,
      detail,
      advice: "read it by slices, or raise maxSize",
    });
  }

  #pieces({ chunks, metadata }: Known, selection: Selection): Iterable<Selection> {
    const { shape } = selection;
    const elements = elementsOf(shape) ?? 0;
    if (elements === 0) return [];
    if (shape.length === 0) return [selection];
    return piecesOf(selection, elements / (shape[0] ?? 1) * metadata.size, PIECE, chunks?.[0]);
  }

  #what(path: string): string {
    return `data set ${JSON.stringify(path)} of ${JSON.stringify(this.uri)}`;
  }

  #unsupported(path: string, reason: string, advice?: string): UnsupportedError {
    const detail = `${JSON.stringify(path)} is not read: ${reason}`;
    return new UnsupportedError({ operation: OPERATION, uri: this.uri, detail, advice });
  }
}

/**
 * Opens an HDF5 file: reads all of it into memory, as the library needs it, and checks what is in it. A file that is larger
 * than the byte budget of the store's context (or `maxSize`) is a `QuotaExceededError` before it is read. Dispose it, or the
 * memory stays.
 */
export async function openHdf5(
  store: ObjectStore,
  key: string,
  options: OpenHdf5Options = {},
): Promise<Hdf5File> {
  const source = await ObjectSource.open(store, key, options.signal ? { signal: options.signal } : {});
  return await Hdf5File.open(source, store.context, options);
}
