import type { ListOptions, ObjectMeta, ObjectStore } from "@lade/core";
import { compareKeys, objectUri } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import type { ObjectFilter } from "./object_filter.ts";
import { unknownMeta } from "./unknown_meta.ts";

/** An object that is meant, or a name of a list of which there is none. */
export type Meant =
  | {
    /** The key below the prefix. */
    readonly name: string;
    /** What is known of it. */
    readonly meta: ObjectMeta;
    readonly error?: undefined;
  }
  | {
    /** The name. */
    readonly name: string;
    /** Why there is no such object, or none that may be looked at. */
    readonly error: Error;
    readonly meta?: undefined;
  };

/** Objects that are asked for one by one at the same time. */
const AT_ONCE = 32;
/** Names that are asked for one by one rather than looked for in a listing, which has a thousand in one answer. */
const MOST_ASKED = 10_000;

/**
 * What a filter accepts of the objects below a prefix, in the order of the listing. Only what begins as the filter needs
 * is listed. Of a list of names each is asked for instead, in the order of keys, where they are at most 10,000, or
 * the store is local; of a longer one those that no listing had come at the end. A name without an object is yielded with
 * its error.
 */
export async function* meantBelow(
  store: ObjectStore,
  prefix: string,
  filter: ObjectFilter | undefined,
  options: ListOptions,
): AsyncGenerator<Meant> {
  if (isAskedFor(store, filter)) return yield* asked(store, prefix, filter, options);
  const missing = new Set(filter?.names);
  for (const start of filter?.prefixes ?? [""]) {
    for await (const meta of store.list(prefix + start, options)) {
      const name = meta.key.slice(prefix.length);
      missing.delete(name);
      if (filter?.(meta, name) ?? true) yield { name, meta };
    }
  }
  for (const name of missing) {
    if (filter?.(unknownMeta(prefix + name), name)) {
      yield { name, error: missingObject(store, prefix + name) };
    }
  }
}

/** Whether the objects of a filter's list are asked for one by one. */
export function isAskedFor(
  store: ObjectStore,
  filter: ObjectFilter | undefined,
): filter is ObjectFilter & { readonly names: ReadonlySet<string> } {
  return filter?.names !== undefined && (store.tree !== undefined || filter.names.size <= MOST_ASKED);
}

async function* asked(
  store: ObjectStore,
  prefix: string,
  filter: ObjectFilter & { readonly names: ReadonlySet<string> },
  { signal }: ListOptions,
): AsyncGenerator<Meant> {
  const ask = async (name: string): Promise<Meant> => {
    try {
      return { name, meta: await store.head(prefix + name, signal ? { signal } : {}) };
    } catch (error) {
      if (signal?.aborted || !(error instanceof Error)) throw error;
      return { name, error };
    }
  };
  for (const names of batches(filter.names)) {
    const wanted = names.filter((name) => filter(unknownMeta(prefix + name), name));
    for (const meant of await Promise.all(wanted.map(ask))) {
      if (meant.error || filter(meant.meta, meant.name)) yield meant;
    }
  }
}

/** Names in the order of keys, as many at a time as are asked for concurrently. */
export function* batches(names: ReadonlySet<string>): Generator<readonly string[]> {
  const sorted = [...names].sort(compareKeys);
  for (let at = 0; at < sorted.length; at += AT_ONCE) yield sorted.slice(at, at + AT_ONCE);
}

function missingObject({ uri }: ObjectStore, key: string): NotFoundError {
  return new NotFoundError({ operation: "find", uri: objectUri(uri, key), detail: "no such object" });
}
