import type { ObjectStore } from "@lade/core";
import { type Sample, SampleReader } from "@lade/formats/webdataset";
import type { MapDataset, ReadPlan, SampleContext, SampleRead } from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import { openShards } from "./open_shards.ts";
import { WantedFields } from "./wanted_fields.ts";
import type { ListedOptions } from "./listed_shards.ts";

/** Options of {@linkcode samplesDataset}. */
export interface SamplesDatasetOptions extends ListedOptions {
  /** What messages call it. */
  readonly uri?: string;
  /** Fields that are read, in any case; all by default. One that no sample has is a `TypeError`. */
  readonly fields?: readonly string[];
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/**
 * The samples of webdataset shards, in the order of `keys`: files of a tar that have a name in common, by their fields. An
 * index beside a shard is used where it is there; else its headers are read. The store stays the caller's.
 */
export async function samplesDataset(
  store: ObjectStore,
  keys: readonly string[],
  options: SamplesDatasetOptions = {},
): Promise<MapDataset<Sample>> {
  const fields = options.fields && new WantedFields(options.fields);
  const opened = await openShards(store, keys, async (key, signal) => {
    const reader = await SampleReader.open(store, key, { signal });
    if (fields?.isComplete === false) fields.found(reader.index.fields());
    return {
      part: new SamplesPart(store, key, reader, fields?.wanted),
      bytes: reader.source.size,
      info: reader.source.info,
    };
  }, options);
  if (opened.length > 0) fields?.check(opened.uri);
  return opened;
}

class SamplesPart implements MapDataset<Sample> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #reader: SampleReader;
  readonly #fields: ReadonlySet<string> | undefined;

  constructor(
    store: ObjectStore,
    key: string,
    reader: SampleReader,
    fields: ReadonlySet<string> | undefined,
  ) {
    this.#store = store;
    this.#key = key;
    this.#reader = reader;
    this.#fields = fields;
    const { uri, info: { etag, size } } = reader.source;
    this.uri = uri;
    this.length = reader.length;
    this.context = store.context;
    this.fingerprint = fingerprintOf("webdataset", [
      nameOf(key),
      size,
      reader.length,
      contentTag(store, etag),
      [...fields ?? []].join(),
    ]);
  }

  async get(index: number, { signal }: SampleContext): Promise<Sample> {
    const [sample] = await this.#reader.readMany([index], {
      signal,
      ...(this.#fields && { fields: this.#fields }),
    });
    if (!sample) throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    return sample;
  }

  plan(indices: readonly number[]): ReadPlan<Sample> {
    const { etag } = this.#reader.source.info;
    const ranges = indices.map((index) => this.#reader.ranges(index, this.#fields));
    const reads = ranges.flatMap((ranges, place) =>
      ranges.map(({ offset, length }): SampleRead => ({
        store: this.#store,
        key: this.#key,
        offset,
        length,
        place,
        ...(etag !== undefined && { etag }),
      }))
    );
    const decode = (place: number, bytes: Uint8Array<ArrayBuffer>): Sample => {
      let at = 0;
      const pieces = (ranges[place] ?? []).map(({ length }) => bytes.subarray(at, at += length));
      return this.#reader.decode(indices[place] ?? 0, pieces, this.#fields);
    };
    return { reads, decode };
  }

  locate(index: number): { readonly uri: string; readonly record: number; readonly offset?: number } {
    const [first] = this.#reader.ranges(index, this.#fields);
    return { uri: this.uri, record: index, ...(first && { offset: first.offset }) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
