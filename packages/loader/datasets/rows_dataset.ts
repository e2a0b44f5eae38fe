import type { ObjectStore } from "@lade/core";
import { isNumeric, type NpyArray, NpyFile } from "@lade/formats/npy";
import { ObjectSource } from "@lade/formats/source";
import type { FixedSample, MapDataset, ReadPlan, SampleContext } from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import { openShards } from "./open_shards.ts";
import type { ListedOptions } from "./listed_shards.ts";

/** Options of {@linkcode rowsDataset}. */
export interface RowsDatasetOptions extends ListedOptions {
  /** What messages call it. */
  readonly uri?: string;
  /** Takes each file as one sample, rather than each of its rows. */
  readonly wholeFiles?: boolean;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/**
 * The rows of npy files in C order as samples, in the order of `keys`: rows of numbers that are all of one shape come in
 * batches of one array, read straight into it. The store stays the caller's.
 */
export async function rowsDataset(
  store: ObjectStore,
  keys: readonly string[],
  options: RowsDatasetOptions = {},
): Promise<MapDataset<NpyArray>> {
  const { wholeFiles = false } = options;
  return await openShards(store, keys, async (key, signal) => {
    const source = await ObjectSource.open(store, key, { signal });
    const file = await NpyFile.open(source, { signal });
    source.forget();
    // Says what is wrong with the file before any row is wanted.
    if (!wholeFiles) file.rangeOfRows(0, 0);
    return {
      part: new RowsPart(store, key, { file, source, wholeFiles }),
      bytes: file.header.dataLength,
      info: source.info,
    };
  }, { ...options, inBlocks: !wholeFiles });
}

class RowsPart implements MapDataset<NpyArray> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly fixed?: FixedSample;
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #file: NpyFile;
  readonly #etag: string | undefined;
  readonly #wholeFiles: boolean;

  constructor(
    store: ObjectStore,
    key: string,
    { file, source, wholeFiles }: { file: NpyFile; source: ObjectSource; wholeFiles: boolean },
  ) {
    const { header } = file;
    this.#store = store;
    this.#key = key;
    this.#file = file;
    this.#etag = source.info.etag;
    this.#wholeFiles = wholeFiles;
    this.uri = source.uri;
    this.length = wholeFiles ? 1 : file.rows;
    this.context = store.context;
    const { descr, shape, dataLength } = header;
    this.fingerprint = fingerprintOf("npy", [
      nameOf(key),
      descr,
      JSON.stringify(shape),
      dataLength,
      contentTag(store, this.#etag),
      `${wholeFiles}`,
    ]);
    const { type } = header;
    if (isNumeric(type) && (header.order === "C" || shape.length < 2)) {
      this.fixed = { dtype: type.dtype, shape: wholeFiles ? shape : shape.slice(1) };
    }
  }

  async get(index: number, { signal }: SampleContext): Promise<NpyArray> {
    if (this.#wholeFiles) return await this.#file.read({ signal });
    return this.#rowOf(await this.#file.readRows(index, index + 1, { signal }));
  }

  plan(indices: readonly number[]): ReadPlan<NpyArray> {
    const etag = this.#etag;
    const { dataOffset, dataLength } = this.#file.header;
    const rangeOf = (index: number) =>
      this.#wholeFiles
        ? { offset: dataOffset, length: dataLength }
        : this.#file.rangeOfRows(index, index + 1);
    return {
      reads: indices.map((index, place) => ({
        store: this.#store,
        key: this.#key,
        ...rangeOf(index),
        place,
        ...(etag !== undefined && { etag }),
      })),
      decode: (place, bytes) => {
        if (this.#wholeFiles) return this.#file.decode(bytes);
        const index = indices[place] ?? 0;
        return this.#rowOf(this.#file.decodeRows(index, index + 1, bytes));
      },
    };
  }

  locate(index: number): { readonly uri: string; readonly record?: number; readonly offset: number } {
    if (this.#wholeFiles) return { uri: this.uri, offset: this.#file.header.dataOffset };
    return { uri: this.uri, record: index, offset: this.#file.rangeOfRows(index, index + 1).offset };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** One row without the dimension of rows. */
  #rowOf(rows: NpyArray): NpyArray {
    return { ...rows, shape: rows.shape.slice(1) };
  }
}
