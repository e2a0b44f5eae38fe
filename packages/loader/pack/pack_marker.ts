import { getBytes, type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError, UnavailableError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import type { LoaderState } from "../state/loader_state.ts";
import { isCount } from "../state/state_fault.ts";
import { isPackPlan, PACK_MARKER, packDifference, type PackPlan } from "../manifest/pack_plan.ts";

/** Shards that are whole. */
export interface PackedShards {
  /** How many, from the first on. */
  readonly shards: number;
  /** Samples in them. */
  readonly samples: number;
  /** Bytes of them. */
  readonly bytes: number;
  /** Samples that could not be had, and are in none. */
  readonly skipped: number;
}

/** Where a pack is gone on: in a batch. */
export interface PackPosition {
  /** Where the batch begins. */
  readonly state: LoaderState;
  /** Samples of the batch that are packed. */
  readonly taken: number;
  /** The number of the last one of these in the data set, where samples tell it. */
  readonly last?: number;
}

/** What is done of a pack. */
export interface PackDone extends PackedShards {
  /** What comes next. */
  readonly at: PackPosition;
}

/** What lies beside the shards of a pack until its manifest is there. */
export interface PackMarker {
  /** What is being packed. */
  readonly plan: PackPlan;
  /** What of it is done; absent where no shard is. */
  readonly done?: PackDone;
  /** The names of the shards of an earlier pack, which are being removed. */
  readonly replaces?: string;
}

const FORMAT = "lade-pack";
const VERSION = 1;

/** Writes a marker; of several that begin at the same time one, where the store can tell. */
export async function writeMarker(
  store: ObjectStore,
  prefix: string,
  marker: PackMarker,
  { isFirst, signal }: { readonly isFirst: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...marker });
  await store.put(prefix + PACK_MARKER, new TextEncoder().encode(`${text}\n`), {
    ...(signal && { signal }),
    ...(isFirst && store.capabilities.createOnly === true && { ifNoneMatch: "*" as const }),
  });
}

/** Reads the marker below a prefix: `undefined` where there is none. */
export async function readMarker(
  store: ObjectStore,
  prefix: string,
  call: { readonly signal?: AbortSignal },
): Promise<PackMarker | undefined> {
  const key = prefix + PACK_MARKER;
  let bytes: Uint8Array;
  try {
    ({ bytes } = await getBytes(store, key, call));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
  let value: Partial<Record<string, unknown>> = {};
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    // It is told below.
  }
  const { format, version, plan, replaces, done } = value;
  if (format !== FORMAT || version !== VERSION || !isPackPlan(plan)) {
    throw new FormatError({
      operation: "read the marker of a pack",
      uri: objectUri(store.uri, key),
      detail: `it is none of version ${VERSION}`,
    });
  }
  return {
    plan,
    ...(typeof replaces === "string" && { replaces }),
    ...(isPackDone(done) && { done }),
  };
}

/**
 * Throws an `UnavailableError` unless the marker is still that of this pack: another one that was begun there since removes what
 * this one wrote, and both would be taken for one.
 */
export async function checkMarker(
  store: ObjectStore,
  prefix: string,
  plan: PackPlan,
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  const marker = await readMarker(store, prefix, call);
  const detail = !marker
    ? "its marker is gone, as where another one ended"
    : marker.replaces !== undefined
    ? "what it wrote is being replaced"
    : packDifference(marker.plan, plan);
  if (detail === undefined) return;
  throw new UnavailableError({
    operation: "go on with the pack",
    uri: objectUri(store.uri, prefix),
    detail: `another pack was begun there meanwhile: ${detail}`,
    advice: "let one of them end, or name another place",
    retryable: false,
  });
}

/** Whether a value says what is done; what its state says is checked where it is gone on with. */
function isPackDone(value: unknown): value is PackDone {
  if (typeof value !== "object" || value === null) return false;
  const { shards, samples, bytes, skipped, at } = value as Partial<Record<string, unknown>>;
  if (![shards, samples, bytes, skipped].every(isCount) || typeof at !== "object" || at === null) {
    return false;
  }
  const { state, taken, last } = at as Partial<Record<string, unknown>>;
  return typeof state === "object" && state !== null && isCount(taken) &&
    (last === undefined || isCount(last));
}
