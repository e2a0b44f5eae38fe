import type { ObjectStore } from "@lade/core";
import { ObjectSource } from "@lade/formats/source";
import { openRecords, type RecordFile } from "@lade/formats/tfrecord";
import type { MapDataset, ReadPlan, SampleContext } from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import type { ListedOptions } from "./listed_shards.ts";
import { openShards } from "./open_shards.ts";

/**
 * The records of TFRecord objects as samples, in the order of `keys`; every checksum is compared. Each object has its index
 * beside it, which `lade index` makes. The store stays the caller's.
 */
export async function recordsDataset(
  store: ObjectStore,
  keys: readonly string[],
  options: ListedOptions & { readonly uri?: string; readonly signal?: AbortSignal } = {},
): Promise<MapDataset<Uint8Array<ArrayBuffer>>> {
  return await openShards(store, keys, async (key, signal) => {
    const file = await openRecords(store, key, { signal });
    const { source, index: { size } } = file;
    const info = source instanceof ObjectSource ? source.info : { size };
    return { part: new RecordsPart(store, key, file), bytes: size, info };
  }, options);
}

class RecordsPart implements MapDataset<Uint8Array<ArrayBuffer>> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #file: RecordFile;
  readonly #etag: string | undefined;

  constructor(store: ObjectStore, key: string, file: RecordFile) {
    this.#store = store;
    this.#key = key;
    this.#file = file;
    this.uri = file.source.uri;
    this.length = file.length;
    this.context = store.context;
    this.#etag = file.source instanceof ObjectSource ? file.source.info.etag : undefined;
    this.fingerprint = fingerprintOf("tfrecord", [
      nameOf(key),
      file.index.size,
      file.length,
      contentTag(store, this.#etag),
    ]);
  }

  async get(index: number, { signal }: SampleContext): Promise<Uint8Array<ArrayBuffer>> {
    const [record] = await this.#file.read([index], { signal });
    return Uint8Array.from(record ?? []);
  }

  plan(indices: readonly number[]): ReadPlan<Uint8Array<ArrayBuffer>> {
    const etag = this.#etag;
    return {
      reads: indices.map((index, place) => {
        const { offset, length } = this.#file.rangeOf(index);
        return {
          store: this.#store,
          key: this.#key,
          offset,
          length,
          place,
          checked: this.#file.checkedRange(length),
          ...(etag !== undefined && { etag }),
        };
      }),
      decode: (place, frame, checksum) => {
        const record = this.#file.decode(indices[place] ?? 0, frame, checksum);
        return frame.subarray(
          record.byteOffset - frame.byteOffset,
          record.byteOffset - frame.byteOffset + record.length,
        );
      },
    };
  }

  locate(index: number): { readonly uri: string; readonly record: number; readonly offset: number } {
    return { uri: this.uri, record: index, offset: this.#file.rangeOf(index).offset };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
