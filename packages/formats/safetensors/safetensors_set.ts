import {
  type CallOptions,
  compareKeys,
  type ObjectStore,
  objectUri,
  type PutOptions,
  type PutResult,
} from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import type { NdArray } from "../array/nd_array.ts";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { MOST_HEADER_BYTES } from "./parse_header.ts";
import { formatIndex, parseIndex, type SafetensorsIndex } from "./parse_index.ts";
import { openSafetensors, type SafetensorsFile } from "./safetensors_file.ts";
import type { TensorOptions, WantedTensor } from "./tensor_wanted.ts";

/** Options of {@linkcode SafetensorsSet.check}. */
export interface CheckOptions extends CallOptions {
  /** Is told of each fault, in place of an error at the first one. */
  readonly onFault?: (fault: FormatError) => void;
}

const OPERATION = "read safetensors index";
const FILES_AT_ONCE = 4;

/**
 * Tensors in several safetensors files, by an index that says which lies where. A file is opened when a tensor of it is
 * first asked for; an index that does not fit it is a `StaleIndexError`.
 */
export class SafetensorsSet {
  /** The store of the index and the files. */
  readonly store: ObjectStore;
  /** The key of the index. */
  readonly key: string;
  /** The key of the file that each tensor lies in, by the tensor's name. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all tensors together, as the index says; absent where it does not. */
  readonly totalSize?: number;
  readonly #names: ReadonlyMap<string, readonly string[]>;
  readonly #opened = new Map<string, SafetensorsFile>();

  /** A set by its index. */
  constructor(store: ObjectStore, key: string, { files, totalSize }: SafetensorsIndex) {
    this.store = store;
    this.key = key;
    const directory = directoryOf(key);
    this.files = new Map(Array.from(files, ([name, file]) => [name, directory + file]));
    this.#names = Map.groupBy(this.files.keys(), (name) => this.files.get(name) ?? "");
    if (totalSize !== undefined) this.totalSize = totalSize;
  }

  /** The keys of the files, ascending. */
  get fileKeys(): readonly string[] {
    return [...this.#names.keys()].sort(compareKeys);
  }

  /** Opens the file with this key, once, and checks that it has the tensors that the index says to be there. */
  async open(key: string, options: CallOptions = {}): Promise<SafetensorsFile> {
    const opened = this.#opened.get(key);
    if (opened) return opened;
    let file: SafetensorsFile;
    try {
      file = await openSafetensors(this.store, key, options);
    } catch (error) {
      throw error instanceof NotFoundError
        ? this.#stale(`${JSON.stringify(key)} is not there`, error)
        : error;
    }
    for (const name of this.#names.get(key) ?? []) {
      if (!file.tensors.has(name)) {
        throw this.#stale(`${JSON.stringify(key)} has no tensor ${JSON.stringify(name)}`);
      }
    }
    // Of several that opened it at a time all go on with one, and so with one version.
    const first = this.#opened.get(key) ?? file;
    this.#opened.set(key, first);
    return first;
  }

  /** Reads a tensor, or some of its rows. A name that the index does not have is a `TypeError`. */
  async read(name: string, options: TensorOptions & CallOptions = {}): Promise<NdArray> {
    return await (await this.open(this.#fileOf(name), options)).read(name, options);
  }

  /** Reads several tensors, by name or by what is wanted of them; of each file as `SafetensorsFile.readMany` does. */
  async readMany(
    wanted: Iterable<string | WantedTensor>,
    options: CallOptions = {},
  ): Promise<readonly NdArray[]> {
    const all = [...wanted];
    const byFile = Map.groupBy(all.keys(), (index) => {
      const want = all[index];
      return this.#fileOf(typeof want === "object" ? want.name : want ?? "");
    });
    const arrays = new Array<NdArray>(all.length);
    await inParallel(byFile, FILES_AT_ONCE, async ([key, indexes], signal) => {
      const file = await this.open(key, { signal });
      const read = await file.readMany(indexes.flatMap((index) => all[index] ?? []), { signal });
      read.forEach((array, place) => arrays[indexes[place] ?? -1] = array);
    }, options.signal);
    return arrays;
  }

  /** Reads all tensors, each into fresh memory. */
  async readAll(options: CallOptions = {}): Promise<ReadonlyMap<string, NdArray>> {
    const names = [...this.files.keys()];
    const arrays = await this.readMany(names, options);
    return new Map(arrays.map((array, index) => [names[index] ?? "", array]));
  }

  /**
   * Opens every file, and checks that each tensor lies in the file that the index says, and in no other, that the index
   * lacks none, and that they have as many bytes together as it says. Gives the files that are sound, in the order of
   * `fileKeys`. What is wrong is thrown, or each of it given to `onFault`.
   */
  async check({ signal, onFault }: CheckOptions = {}): Promise<readonly SafetensorsFile[]> {
    const report = (fault: FormatError) => {
      if (!onFault) throw fault;
      onFault(fault);
    };
    const found = new Map<string, SafetensorsFile>();
    await inParallel(this.fileKeys, FILES_AT_ONCE, async (key, signal) => {
      try {
        found.set(key, await this.open(key, { signal }));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        report(error);
      }
    }, signal);
    const files = this.fileKeys.flatMap((key) => found.get(key) ?? []);
    for (const [key, { tensors }] of found) {
      for (const name of tensors.keys()) {
        const due = this.files.get(name);
        if (due === key) continue;
        const said = due === undefined ? "does not have" : `says to be in ${JSON.stringify(due)}`;
        report(this.#stale(`${JSON.stringify(key)} has tensor ${JSON.stringify(name)}, which it ${said}`));
      }
    }
    const total = files.reduce((sum, { dataLength }) => sum + dataLength, 0);
    const { totalSize = total } = this;
    if (found.size === this.fileKeys.length && totalSize !== total) {
      report(this.#stale(`its total_size is ${totalSize}, the files' tensors have ${total} bytes`));
    }
    return files;
  }

  #fileOf(name: string): string {
    const key = this.files.get(name);
    if (key !== undefined) return key;
    const uri = JSON.stringify(objectUri(this.store.uri, this.key));
    throw new TypeError(
      `Cannot read tensor ${JSON.stringify(name)} of ${uri}: the index has none of this name`,
    );
  }

  #stale(detail: string, cause?: unknown): StaleIndexError {
    return new StaleIndexError({
      operation: OPERATION,
      uri: objectUri(this.store.uri, this.key),
      detail,
      advice: "renew it by indexSafetensors()",
      cause,
    });
  }
}

/** Opens the index of several safetensors files, `model.safetensors.index.json`; its files lie beside it. */
export async function openSafetensorsSet(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<SafetensorsSet> {
  return await readSafetensorsSet(store, key, await ObjectSource.open(store, key, options), options);
}

/** Opens a set whose index is opened already. */
export async function readSafetensorsSet(
  store: ObjectStore,
  key: string,
  source: ByteSource,
  options: CallOptions = {},
): Promise<SafetensorsSet> {
  const { uri, size } = source;
  if (size > MOST_HEADER_BYTES) {
    const detail = `it has ${size} bytes, ${MOST_HEADER_BYTES} is the most`;
    throw new FormatError({ operation: OPERATION, uri, detail });
  }
  return new SafetensorsSet(store, key, parseIndex(await source.read(0, size, options), uri));
}

/**
 * Writes the index of files that are there, whose keys begin as that of the index does up to its last `/`. A tensor that two
 * of them have is a `FormatError`.
 */
export async function indexSafetensors(
  store: ObjectStore,
  key: string,
  fileKeys: Iterable<string>,
  options: PutOptions = {},
): Promise<PutResult> {
  const directory = directoryOf(key);
  const files = new Map<string, string>();
  let total = 0;
  for (const fileKey of fileKeys) {
    if (!fileKey.startsWith(directory)) {
      throw new TypeError(
        `Cannot index ${JSON.stringify(fileKey)}: it does not lie beside ${JSON.stringify(key)}`,
      );
    }
    const file = await openSafetensors(store, fileKey, options.signal ? { signal: options.signal } : {});
    total += file.dataLength;
    for (const name of file.tensors.keys()) {
      const other = files.get(name);
      if (other !== undefined) {
        const detail = `tensor ${JSON.stringify(name)} lies in ${JSON.stringify(directory + other)} too`;
        throw new FormatError({ operation: "index", uri: objectUri(store.uri, fileKey), detail });
      }
      files.set(name, fileKey.slice(directory.length));
    }
  }
  const sorted = new Map([...files].sort(([a], [b]) => compareKeys(a, b)));
  return await store.put(key, formatIndex(sorted, total), options);
}

function directoryOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}
