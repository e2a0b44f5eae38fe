import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { NotEmptyError, NotFoundError } from "@lade/core/errors";
import { inParallel } from "@lade/core/concurrency";
import { MANIFEST_NAME, readManifest } from "../manifest/manifest.ts";
import { PACK_MARKER, packDifference, type PackPlan } from "../manifest/pack_plan.ts";
import { type OpenDatasetOptions, openSettled, settleDataset } from "../open/open_dataset.ts";
import { type PackMarker, readMarker, writeMarker } from "./pack_marker.ts";
import { type PackDestination, packedIndexKey, packedKey, shardNumbers } from "./shard_names.ts";

/** What lies at the destination of a pack already. */
export interface FoundPack {
  /** Whether it is all there, by its manifest. */
  readonly isDone: boolean;
  /** Shards from the first on that are whole, and have their index. */
  readonly shards: number;
  /** Samples in them. */
  readonly samples: number;
  /** Bytes of them. */
  readonly bytes: number;
}

const NOTHING: FoundPack = { isDone: false, shards: 0, samples: 0, bytes: 0 };

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
  const sizes = new Map<string, number>();
  for await (const { key, size } of store.list(prefix, call)) {
    const name = key.slice(prefix.length);
    // Some services keep a marker of a directory.
    if (name === "" || name === PACK_MARKER) continue;
    const isManifest = name === MANIFEST_NAME && was !== undefined;
    const isShard = numbers.some((numberOf) => numberOf(name) !== undefined) && (earlier?.has(name) ?? true);
    if (!isManifest && !isShard) throw notEmpty(place, name, was !== undefined);
    sizes.set(name, size);
  }
  if (!was) {
    await writeMarker(store, prefix, { plan }, { isFirst: true, ...call });
    return NOTHING;
  }
  const difference = packDifference(was, plan);
  if (difference === undefined && !replacePack) {
    if (earlier) return { isDone: true, ...earlier.told };
    if (replaces === undefined) return await wholeShards(place, sizes, call);
  } else if (!replacePack) {
    throw new NotEmptyError({
      operation: "pack to",
      uri: objectUri(store.uri, prefix),
      detail: `another pack lies there${earlier ? "" : ", unfinished"}: ${difference}`,
      advice: "choose another place, or replace it (replacePack, --replace-pack)",
    });
  }
  await removePack(place, { plan, replaces: replaces ?? was.name }, sizes, call);
  await writeMarker(store, prefix, { plan }, { isFirst: false, ...call });
  return NOTHING;
}

/** Removes shards, indexes and the manifest; the marker says so until they are gone. */
async function removePack(
  { store, prefix }: PackPlace,
  marker: PackMarker,
  sizes: ReadonlyMap<string, number>,
  call: CallOptions,
): Promise<void> {
  await writeMarker(store, prefix, marker, { isFirst: false, ...call });
  if (sizes.has(MANIFEST_NAME)) await store.delete(prefix + MANIFEST_NAME, call);
  const names = [...sizes.keys()].filter((name) => name !== MANIFEST_NAME);
  await inParallel(names, AT_ONCE, async (name, signal) => {
    await store.delete(prefix + name, { signal });
  }, call.signal);
}

/** The pack that a manifest is of, and which names it has. */
interface DonePack {
  readonly plan: PackPlan;
  readonly told: Pick<FoundPack, "shards" | "samples" | "bytes">;
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
  const { plan, samples } = pack;
  const numberOf = shardNumbers(plan.name);
  return {
    plan,
    told: { shards: objects.length, samples, bytes: objects.bytes },
    has: (name) => (numberOf(name) ?? Infinity) < objects.length,
  };
}

/** The shards from the first on that are whole: those that have an index, where they need one, that fits them. */
async function wholeShards(
  place: PackPlace,
  sizes: ReadonlyMap<string, number>,
  call: CallOptions,
): Promise<FoundPack> {
  const { store, prefix } = place;
  let found = NOTHING;
  for (;;) {
    const key = packedKey(place, found.shards);
    const size = sizes.get(key.slice(prefix.length));
    const indexKey = packedIndexKey(place, key);
    if (size === undefined || (indexKey !== undefined && !sizes.has(indexKey.slice(prefix.length)))) {
      return found;
    }
    const options: OpenDatasetOptions = { kind: kindOfFormat(place), ...call };
    const settled = await settleDataset(store, key, options);
    await using shard = await openSettled(store, key, settled, options);
    found = {
      isDone: false,
      shards: found.shards + 1,
      samples: found.samples + shard.length,
      bytes: found.bytes + size,
    };
  }
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
