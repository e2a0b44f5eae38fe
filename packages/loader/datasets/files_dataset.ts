import { getBytes, type ObjectStore } from "@lade/core";
import type { MapDataset, ReadPlan, SampleContext, SampleRead } from "./dataset.ts";
import { contentTag, fingerprintOf } from "./fingerprint.ts";
import { listSamples } from "./list_samples.ts";
import { ObjectTable } from "./object_table.ts";

/** An object as a sample. */
export interface FileSample {
  /** Its key. */
  readonly key: string;
  /** Its bytes; in a batch they are the batch's memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode filesDataset}. */
export interface FilesDatasetOptions {
  /** The objects, in place of a listing: of a manifest, say. */
  readonly objects?: ObjectTable;
  /** Which objects are samples; all but those that end in `/` by default. */
  readonly filter?: (key: string) => boolean;
  /** Ends the listing. */
  readonly signal?: AbortSignal;
}

/**
 * Every object under a prefix as a sample, in the order of keys. They are listed once, and held to what was listed: one that
 * changed since is an error. Where a store has no tags, a size that changed is. What has bytes and is no object, such as a link that may not be followed, is an `UnsupportedError`. The store stays
 * the caller's.
 */
export async function filesDataset(
  store: ObjectStore,
  prefix: string,
  options: FilesDatasetOptions = {},
): Promise<MapDataset<FileSample>> {
  const { filter = (key) => !key.endsWith("/"), signal } = options;
  let { objects } = options;
  if (!objects) {
    objects = new ObjectTable();
    for await (const object of listSamples(store, prefix, signal ? { signal } : {})) {
      if (filter(object.key)) objects.add(object);
    }
  }
  return new FilesDataset(store, prefix, objects);
}

class FilesDataset implements MapDataset<FileSample> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly #store: ObjectStore;
  readonly #objects: ObjectTable;

  constructor(store: ObjectStore, prefix: string, objects: ObjectTable) {
    this.#store = store;
    this.#objects = objects;
    this.uri = uriOf(store, prefix);
    this.length = objects.length;
    this.context = store.context;
    const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
    const isBelow = (index: number) => objects.at(index).key.startsWith(folder);
    // Where one key does not begin so, all are told whole.
    const isCommon = objects.length > 0 && isBelow(0) && isBelow(objects.length - 1);
    const common = isCommon ? new TextEncoder().encode(folder).length : 0;
    const tags = contentTag(store, "tag") !== "";
    this.fingerprint = fingerprintOf("files", objects.content({ prefix: common, tags }));
  }

  async get(index: number, { signal }: SampleContext): Promise<FileSample> {
    const { key, size, etag } = this.#objects.at(index);
    const { bytes } = await getBytes(this.#store, key, {
      signal,
      ...(etag !== undefined && { ifMatch: etag }),
    });
    if (bytes.length !== size) {
      throw new TypeError(`it has ${bytes.length} bytes, and was listed with ${size}`);
    }
    return { key, bytes };
  }

  plan(indices: readonly number[]): ReadPlan<FileSample> {
    const keys: string[] = [];
    const reads = indices.map((index, place) => {
      const { key, size, etag } = this.#objects.at(index);
      keys.push(key);
      return { store: this.#store, key, offset: 0, length: size, place, ...versionOf({ etag, size }) };
    });
    return { reads, decode: (place, bytes) => ({ key: keys[place] ?? "", bytes }) };
  }

  locate(index: number): { uri: string } {
    return { uri: uriOf(this.#store, this.#objects.at(index).key) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function uriOf(store: ObjectStore, key: string): string {
  return store.uri.endsWith("/") ? store.uri + key : `${store.uri}/${key}`;
}

/** By what a read of a whole object is held to what was listed: of one that was empty nothing is read, and its size is compared. */
export function versionOf(
  { etag, size }: { readonly etag: string | undefined; readonly size: number },
): Pick<SampleRead, "etag" | "size"> {
  return {
    ...(etag !== undefined && { etag }),
    ...((etag === undefined || size === 0) && { size }),
  };
}
