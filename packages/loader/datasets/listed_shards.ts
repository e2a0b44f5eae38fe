import { type ObjectStore, objectUri } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { contentTag } from "./fingerprint.ts";
import type { ObjectTable, TableObject } from "./object_table.ts";

/** What tells whether a shard is the one that was listed. */
export type ShardInfo = Pick<TableObject, "size" | "etag">;

/** What was listed of shards, by their keys. */
export interface ListedShards {
  /** What was listed of a key. */
  get(key: string): ShardInfo | undefined;
}

/** Options of opening shards that were listed. */
export interface ListedOptions {
  /** What was listed of them: one that is another by now is a `PreconditionFailedError`. */
  readonly listed?: ListedShards;
}

/**
 * In what an object differs from what was listed of it, by what a data set is known by: its size, and the tag of services.
 * That of a local file is another one for each copy.
 */
export function listedDifference(
  store: ObjectStore,
  listed: ShardInfo,
  { size, etag }: ShardInfo,
): string | undefined {
  if (size !== listed.size) return `it has ${size} bytes, not ${listed.size}`;
  const [is, was] = [contentTag(store, etag), contentTag(store, listed.etag)];
  if (is === was || is === "" || was === "") return undefined;
  return `the etag is ${JSON.stringify(is)}, not ${JSON.stringify(was)}`;
}

/** Finds what was listed of a key, of which nothing is held until one is asked for. */
export function listedShards(objects: ObjectTable): ListedShards {
  let byKey: Map<string, ShardInfo> | undefined;
  const gather = () => {
    const all = Array.from({ length: objects.length }, (_, index) => objects.at(index));
    return new Map(all.map((object) => [object.key, object]));
  };
  return { get: (key) => (byKey ??= gather()).get(key) };
}

/** Throws a `PreconditionFailedError` where a shard that was opened is another one than was listed. */
export function checkListed(
  store: ObjectStore,
  key: string,
  info: ShardInfo,
  listed: ListedShards | undefined,
): void {
  const one = listed?.get(key);
  const detail = one && listedDifference(store, one, info);
  if (detail === undefined) return;
  throw new PreconditionFailedError({ operation: "load", uri: objectUri(store.uri, key), detail });
}
