import { type CallOptions, listUploads } from "@lade/core";
import { NotEmptyError } from "@lade/core/errors";
import { MARKER } from "../replay/claim_targets.ts";
import { ONE_PIECE, type StoreResolver } from "../replay/replay_options.ts";
import type { SizeDistribution, WorkloadSpec } from "../spec/workload_spec.ts";
import { LiveSet } from "./live_set.ts";
import { digestOf, findPrefix, isMarked, type MarkedPrefix, refuseObjects } from "./marked_prefix.ts";
import { targetOf } from "./target_of.ts";

/** Options of {@linkcode cleanWorkload}. */
export interface CleanWorkloadOptions extends CallOptions {
  /** The prefix, in place of that of the spec. */
  readonly target?: string;
}

/** What a cleanup came to. */
export interface CleanedWorkload {
  /** The prefix, as a URI. */
  readonly target: string;
  /** Objects that were deleted, without the marker. */
  readonly deleted: number;
  /** Writes of large objects that had not ended, and were given up. */
  readonly aborted: number;
  /** Objects below the prefix that the spec can not name: they stay. */
  readonly left: number;
  /** Some of their keys. */
  readonly leftKeys: readonly string[];
}

const MOST_LEFT_KEYS = 5;
/** Listings after which objects that still come are those of a run that goes on. */
const MOST_PASSES = 10;
const CLEAN = "clean a workload in";

/**
 * Removes what runs of a workload left, also one that was killed: the objects below its prefix that the spec can name, and
 * then the marker. What else lies there stays, and is told. A prefix without a marker that has objects is a `NotEmptyError`, one
 * with that of another workload a `PreconditionFailedError`; nothing is deleted then. An object that can not be deleted is
 * the error at the end, and the marker stays; so it does, with a `NotEmptyError`, where objects come as fast as they go.
 */
export async function cleanWorkload(
  spec: WorkloadSpec,
  stores: StoreResolver,
  { target, signal }: CleanWorkloadOptions = {},
): Promise<CleanedWorkload> {
  const call = signal ? { signal } : {};
  const place = await findPrefix(targetOf(spec, target), stores);
  const cleaned = { target: place.uri, deleted: 0, aborted: 0, left: 0, leftKeys: [] as string[] };
  if (!await isMarked(place, await digestOf(spec), call, CLEAN)) {
    await refuseObjects(place, CLEAN, call);
    return cleaned;
  }
  const sets = spec.objects.map((set) => new LiveSet(set, spec.seed));
  const isNamed = (key: string) => sets.some((set) => set.numberOf(key) !== undefined);
  if (spec.objects.some(({ size }) => largestOf(size) > ONE_PIECE)) {
    cleaned.aborted = await abortUploads(place, isNamed, call);
  }
  const named = async function* () {
    cleaned.left = 0;
    cleaned.leftKeys = [];
    for await (const { key } of place.store.list(place.prefix, { ...call, order: "any" })) {
      const own = key.slice(place.prefix.length);
      if (own === MARKER) continue;
      if (isNamed(own)) yield key;
      else if (++cleaned.left <= MOST_LEFT_KEYS) cleaned.leftKeys.push(key);
    }
  };
  // Until a listing has none of them: one that goes on while objects are deleted may pass over others.
  for (let found = true, passes = 0; found; passes++) {
    if (passes === MOST_PASSES) {
      throw new NotEmptyError({
        operation: CLEAN,
        uri: place.uri,
        detail: `its objects were deleted ${MOST_PASSES} times, and there are some again`,
        advice: "end the run that writes them",
      });
    }
    found = false;
    let failure: Error | undefined;
    for await (const { error } of place.store.deleteMany(named(), call)) {
      found = true;
      if (error) failure ??= error;
      else cleaned.deleted++;
    }
    if (failure) throw failure;
  }
  await place.store.delete(place.prefix + MARKER, call);
  return cleaned;
}

/** Large objects are written in parts, which a process that was killed leaves. */
async function abortUploads(
  { store, prefix }: MarkedPrefix,
  isNamed: (key: string) => boolean,
  call: CallOptions,
): Promise<number> {
  if (!store.listUploads) return 0;
  let aborted = 0;
  for await (const { key, token } of listUploads(store, prefix, call)) {
    if (!isNamed(key.slice(prefix.length))) continue;
    await store.abortUpload?.(key, token, call);
    aborted++;
  }
  return aborted;
}

/** Bytes of the largest object of a distribution. */
export function largestOf(size: SizeDistribution): number {
  switch (size.kind) {
    case "fixed":
      return size.size;
    case "buckets":
      return Math.max(...size.buckets.filter(({ weight }) => weight > 0).map(({ size }) => size));
    default:
      return size.max;
  }
}
