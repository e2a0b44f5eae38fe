import { type ObjectStore, objectUri } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import type { OpenPartOptions, StreamDataset } from "./dataset.ts";
import { contentTag, fingerprintOf, nameOf } from "./fingerprint.ts";
import type { LostSample } from "./lost_sample.ts";
import type { ObjectTable } from "./object_table.ts";
import { pinnedStore } from "./pinned_store.ts";

/** Where the objects of a stream lie, one part each. */
export interface StreamObjectsOptions {
  /** Has the objects. */
  readonly store: ObjectStore;
  /** The objects, in the order of the parts. */
  readonly objects: ObjectTable;
  /** What messages call it. */
  readonly uri: string;
}

/** How the samples of an object are read. */
export interface StreamObjectsFormat<T> {
  /** What they are; a fingerprint differs where it does. */
  readonly kind: readonly (string | number)[];
  /** What messages call one. */
  readonly noun: string;
  /** Samples that are shuffled together by default. */
  readonly window?: number;
  /** All from the `from`-th on, and how many there are in all, told at the end. */
  read(
    store: ObjectStore,
    key: string,
    from: number,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<T | LostSample, number, undefined>;
}

/** Objects of which each is gone through from its start. What of them is changed since they were listed is an error. */
export function streamObjects<T>(
  { store, objects, uri }: StreamObjectsOptions,
  { kind, noun, window, read }: StreamObjectsFormat<T>,
): StreamDataset<T> {
  const uriOf = (part: number) => objectUri(store.uri, objects.at(part).key);
  return {
    uri,
    context: store.context,
    fingerprint: fingerprintOf("stream", [...kind, ...contentOf(store, objects)]),
    parts: objects.length,
    ...(window !== undefined && { window }),
    open: (part, from, options) => readPart(part, from, options),
    locate: (part, record) => ({ uri: uriOf(part), record }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  async function* readPart(part: number, from: number, { signal, onRead }: OpenPartOptions) {
    const object = objects.at(part);
    const count = yield* read(pinnedStore(store, object, onRead), object.key, from, { signal });
    if (count >= from) return;
    throw new FormatError({
      operation: "load",
      uri: uriOf(part),
      detail: `it has ${count} ${noun}, and ${from} were taken of it`,
    });
  }
}

/** Names, sizes and tags, so that a copy elsewhere is the same data set. */
function* contentOf(store: ObjectStore, objects: ObjectTable): Generator<string | number> {
  for (let part = 0; part < objects.length; part++) {
    const { key, size, etag } = objects.at(part);
    yield nameOf(key);
    yield size;
    yield contentTag(store, etag);
  }
}
