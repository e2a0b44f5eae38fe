import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { NotEmptyError, NotFoundError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import { listedDifference, type ShardInfo } from "../datasets/listed_shards.ts";
import type { ObjectTable } from "../datasets/object_table.ts";
import { MANIFEST_NAME, readManifest } from "../manifest/manifest.ts";
import { PACK_MARKER, packDifference, type PackPlan } from "../manifest/pack_plan.ts";
import {
  type PackDone,
  type PackedShards,
  type PackMarker,
  type PackPosition,
  readMarker,
  writeMarker,
} from "./pack_marker.ts";
import { type PackDestination, packedIndexKey, packedKey, shardNumbers } from "./shard_names.ts";

/** What lies at the destination of a pack already. */
export interface FoundPack extends PackedShards {
  /** Whether it is all there, by its manifest. */
  readonly isDone: boolean;
  /** Where it is gone on, behind its last whole shard; absent where nothing of it is there, or all. */
  readonly at?: PackPosition;
}

const NOTHING: FoundPack = { isDone: false, shards: 0, samples: 0, bytes: 0, skipped: 0 };

/** Deletions at the same time. */
const AT_ONCE = 16;

/** The place of a pack. */
export interface PackPlace extends PackDestination {
  /** The store. */
  readonly store: ObjectStore;
}

/**
 * Makes the place of a pack ready: its marker lies there afterwards, and of an earlier pack what can be gone on with. What
 * lies there besides is a `NotEmptyError`; another pack is one too, or is removed with `replacePack`.
 */
export async function preparePlace(
  place: PackPlace,
  plan: PackPlan,
  { replacePack, ...call }: CallOptions & { readonly replacePack: boolean },
): Promise<FoundPack> {
  const { store, prefix } = place;
  const [marker, earlier] = [await readMarker(store, prefix, call), await donePlan(place, call)];
  const was = earlier?.plan ?? marker?.plan;
  const replaces = marker?.replaces;
  const numbers = [was?.name, replaces].flatMap((name) => name === undefined ? [] : shardNumbers(name));
  const found = new Map<string, ShardInfo>();
  for await (const { key, size, etag } of store.list(prefix, call)) {
    const name = key.slice(prefix.length);
    // Some services keep a marker of a directory.
    if (name === "" || name === PACK_MARKER) continue;
    const isManifest = name === MANIFEST_NAME && was !== undefined;
    const isShard = numbers.some((numberOf) => numberOf(name) !== undefined) && (earlier?.has(name) ?? true);
    if (!isManifest && !isShard) throw notEmpty(place, name, was !== undefined);
    found.set(name, { size, ...(etag !== undefined && { etag }) });
  }
  if (!was) {
    await writeMarker(store, prefix, { plan }, { isFirst: true, ...call });
    return NOTHING;
  }
  const difference = packDifference(was, plan);
  if (difference === undefined && !replacePack) {
    if (earlier) {
      checkWhole(place, earlier.objects, found);
      return { isDone: true, ...earlier.told };
    }
    if (replaces === undefined) {
      const whole = wholeShards(place, found, marker?.done);
      await removeShards(place, found, shardNumbers(was.name), whole.shards, call);
      return whole;
    }
  } else if (!replacePack) {
    throw new NotEmptyError({
      operation: "pack to",
      uri: objectUri(store.uri, prefix),
      detail: `another pack lies there${earlier ? "" : ", unfinished"}: ${difference}`,
      advice: "choose another place, or replace it (replacePack, --replace-pack)",
    });
  }
  await removePack(place, { plan, replaces: replaces ?? was.name }, found, call);
  await writeMarker(store, prefix, { plan }, { isFirst: false, ...call });
  return NOTHING;
}

/** Removes shards, indexes and the manifest; the marker says so until they are gone. */
async function removePack(
  { store, prefix }: PackPlace,
  marker: PackMarker,
  found: ReadonlyMap<string, ShardInfo>,
  call: CallOptions,
): Promise<void> {
  await writeMarker(store, prefix, marker, { isFirst: false, ...call });
  if (found.has(MANIFEST_NAME)) await store.delete(prefix + MANIFEST_NAME, call);
  const names = [...found.keys()].filter((name) => name !== MANIFEST_NAME);
  await inParallel(names, AT_ONCE, async (name, signal) => {
    await store.delete(prefix + name, { signal });
  }, call.signal);
}

/** Removes the shards from number `from` on, with their indexes: they came after the marker was written, and are written anew. */
async function removeShards(
  { store, prefix }: PackPlace,
  found: ReadonlyMap<string, ShardInfo>,
  numberOf: (name: string) => number | undefined,
  from: number,
  call: CallOptions,
): Promise<void> {
  const names = [...found.keys()].filter((name) => (numberOf(name) ?? -1) >= from);
  await inParallel(names, AT_ONCE, async (name, signal) => {
    await store.delete(prefix + name, { signal });
  }, call.signal);
}

/** The pack that a manifest is of, and which names it has. */
interface DonePack {
  readonly plan: PackPlan;
  readonly told: PackedShards;
  /** Its shards. */
  readonly objects: ObjectTable;
  /** Whether a name below the prefix is one of its. */
  has(name: string): boolean;
}

async function donePlan({ store, prefix }: PackPlace, call: CallOptions): Promise<DonePack | undefined> {
  const read = await readManifest(store, prefix, call).catch((error) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
  if (!read) return undefined;
  const { objects, pack } = read;
  if (!pack) {
    throw new NotEmptyError({
      operation: "pack to",
      uri: objectUri(store.uri, prefix),
      detail: "a data set that is no pack has its manifest there",
      advice: "choose an empty place",
    });
  }
  const { plan, samples, skipped = 0 } = pack;
  const numberOf = shardNumbers(plan.name);
  return {
    plan,
    objects,
    told: { shards: objects.length, samples, bytes: objects.bytes, skipped },
    has: (name) => (numberOf(name) ?? Infinity) < objects.length,
  };
}

/** Throws a `NotEmptyError` unless all shards that a manifest names are there as it says, with their indexes. */
function checkWhole(place: PackPlace, objects: ObjectTable, found: ReadonlyMap<string, ShardInfo>): void {
  const { store, prefix } = place;
  for (let shard = 0; shard < objects.length; shard++) {
    const listed = objects.at(shard);
    const index = packedIndexKey(place, listed.key);
    const there = found.get(listed.key.slice(prefix.length));
    const fault = !there
      ? `${JSON.stringify(listed.key.slice(prefix.length))} is gone`
      : index !== undefined && !found.has(index.slice(prefix.length))
      ? `${JSON.stringify(index.slice(prefix.length))} is gone`
      : listedDifference(store, listed, there);
    if (fault === undefined) continue;
    throw new NotEmptyError({
      operation: "pack to",
      uri: objectUri(store.uri, there ? listed.key : prefix),
      detail: `the pack there is not as it was written: ${fault}`,
      advice: "replace it (replacePack, --replace-pack)",
    });
  }
}

/** What a marker says is done, where it is there: shards of as many bytes, and their indexes. */
function wholeShards(
  place: PackPlace,
  found: ReadonlyMap<string, ShardInfo>,
  done: PackDone | undefined,
): FoundPack {
  if (!done) return NOTHING;
  let bytes = 0;
  for (let shard = 0; shard < done.shards; shard++) {
    const key = packedKey(place, shard);
    const index = packedIndexKey(place, key);
    if (index !== undefined && !found.has(index.slice(place.prefix.length))) return NOTHING;
    bytes += found.get(key.slice(place.prefix.length))?.size ?? NaN;
  }
  return bytes === done.bytes ? { isDone: false, ...done } : NOTHING;
}

/** What the samples of a pack are. */
export function kindOfFormat({ format }: Pick<PackDestination, "format">): "records" | "samples" | "rows" {
  return format === "tfrecord" ? "records" : format === "tar" ? "samples" : "rows";
}

function notEmpty({ store, prefix }: PackPlace, name: string, isPack: boolean): NotEmptyError {
  return new NotEmptyError({
    operation: "pack to",
    uri: objectUri(store.uri, prefix),
    detail: `${JSON.stringify(name)} lies there${isPack ? ", which the pack there has not written" : ""}`,
    advice: "choose an empty place",
  });
}
