import type { ObjectStore, PutResult, WriterOptions } from "@lade/core";
import type { NewTarMember } from "../tar/format_header.ts";
import { TarWriter } from "../tar/tar_writer.ts";
import { checkIndexPlace } from "./index_place.ts";
import { sampleIndexKey } from "./index_samples.ts";
import { formatSampleIndex } from "./index_text.ts";
import { SampleGrouper } from "./sample_grouper.ts";
import { SampleIndexBuilder } from "./sample_index.ts";

/** Options of {@linkcode SampleShardWriter.create}. */
export interface SampleShardOptions extends WriterOptions {
  /** Whether an index of the samples is written beside; true by default. Files that make up no samples are then an error. */
  readonly index?: boolean;
}

/**
 * A shard that is being written: a tar archive of files by the names that webdataset groups them by, and its index beside it.
 * Nobody sees it before `close` succeeds; a failure gives it up.
 */
export class SampleShardWriter implements AsyncDisposable {
  /** The key of the archive. */
  readonly key: string;
  readonly #store: ObjectStore;
  readonly #tar: TarWriter;
  readonly #options: WriterOptions;
  readonly #builder = new SampleIndexBuilder();
  readonly #grouper: SampleGrouper | undefined;
  #files = 0;

  private constructor(store: ObjectStore, key: string, tar: TarWriter, options: SampleShardOptions) {
    const { index = true, ...rest } = options;
    this.key = key;
    this.#store = store;
    this.#tar = tar;
    this.#options = rest;
    if (index) this.#grouper = new SampleGrouper(key);
  }

  /**
   * Starts a shard. An object in the place of its index that is no index of a tar archive is an `AlreadyExistsError`.
   */
  static async create(
    store: ObjectStore,
    key: string,
    options: SampleShardOptions = {},
  ): Promise<SampleShardWriter> {
    const { index = true, ...rest } = options;
    if (index) await checkIndexPlace(store, sampleIndexKey(key), rest);
    return new SampleShardWriter(store, key, await TarWriter.create(store, key, rest), options);
  }

  /** Files so far. */
  get files(): number {
    return this.#files;
  }

  /** Samples so far; 0 where there is no index. */
  get samples(): number {
    return this.#builder.length;
  }

  /** Bytes so far, without those that end the archive. */
  get size(): number {
    return this.#tar.size;
  }

  /** Adds a file with its data. A field that a sample has twice, and a sample that comes back, are a `FormatError`. */
  async add(member: NewTarMember, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const { offset, size } = await this.#tar.add(member, data);
    this.#files++;
    const grouped = this.#grouper?.add({ name: member.name, offset, size });
    if (grouped) this.#builder.add(member.name, offset, size, grouped.isFirst);
  }

  /** Makes the shard visible, and then its index. */
  async close(): Promise<PutResult & { readonly size: number }> {
    const result = await this.#tar.close();
    if (this.#grouper) {
      const { signal, ifNoneMatch, metadata } = this.#options;
      const options = {
        ...(signal && { signal }),
        ...(ifNoneMatch !== undefined && { ifNoneMatch }),
        ...(metadata && { metadata }),
      };
      await this.#store.put(sampleIndexKey(this.key), formatSampleIndex(this.#builder.finish()), options);
    }
    return result;
  }

  /** Gives up: nothing is left behind. Does nothing after `close`. */
  async abort(reason?: unknown): Promise<void> {
    await this.#tar.abort(reason);
  }

  /** Gives up what is not closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tar[Symbol.asyncDispose]();
  }
}
