import type { CallOptions, ObjectStore } from "@lade/core";
import { AlreadyExistsError, NotEmptyError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { MARKER } from "../replay/claim_targets.ts";
import type { StoreResolver } from "../replay/replay_options.ts";
import type { WorkloadSpec } from "../spec/workload_spec.ts";

/** Where the objects of a workload lie. */
export interface MarkedPrefix {
  /** The store. */
  readonly store: ObjectStore;
  /** What all of its keys begin with. */
  readonly prefix: string;
  /** The same as a URI. */
  readonly uri: string;
}

/** Bytes of a marker, at most: what is larger is none of ours. */
const LARGEST = 2 ** 16;
const SCHEMA = "lade-workload/1";

/** Finds the prefix of a target, which is one with or without a slash at its end. */
export async function findPrefix(target: string, stores: StoreResolver): Promise<MarkedPrefix> {
  const uri = target.endsWith("/") ? target : `${target}/`;
  const { store, key } = await stores(uri);
  return { store, prefix: key, uri };
}

/**
 * What a marker says of a spec: all that decides names, sizes and content of objects. Specs that differ in their phases alone
 * share it.
 */
export async function digestOf({ seed, data, objects }: WorkloadSpec): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify({ seed, data, objects }));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Looks whether a prefix is that of a workload: `true` where its marker is that of the spec, `false` where there is none. A
 * marker of another workload is a `PreconditionFailedError`.
 */
export async function isMarked(
  { store, prefix, uri }: MarkedPrefix,
  digest: string,
  call: CallOptions,
  operation = "run a workload in",
): Promise<boolean> {
  let text: string;
  try {
    await using result = await store.get(prefix + MARKER, call);
    const bytes = new Uint8Array(Math.min(result.range.length, LARGEST));
    await result.readInto(bytes);
    text = new TextDecoder().decode(bytes);
  } catch (error) {
    if (error instanceof NotFoundError) return false;
    throw error;
  }
  if (digestIn(text) === digest) return true;
  throw new PreconditionFailedError({
    operation,
    uri,
    detail: `its ${MARKER} is that of another workload, or of other seeds, sizes or sets`,
    advice: "choose another prefix, or take the spec that wrote it",
  });
}

function digestIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    const { schema, digest } = value as Record<string, unknown>;
    return schema === SCHEMA ? digest : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Marks an empty prefix as that of a workload, before anything else is written. One that has objects is a `NotEmptyError`: it
 * may be the data of others. Resolves with whether it was marked so before.
 */
export async function claimPrefix(
  place: MarkedPrefix,
  { seed }: WorkloadSpec,
  digest: string,
  onMark: () => void,
  call: CallOptions,
): Promise<boolean> {
  if (await isMarked(place, digest, call)) return true;
  await refuseObjects(place, "run a workload in", call);
  const marker = new TextEncoder().encode(`${JSON.stringify({ schema: SCHEMA, seed, digest })}\n`);
  onMark();
  try {
    await place.store.put(place.prefix + MARKER, marker, { ...call, ifNoneMatch: "*", ifIgnored: "look" });
  } catch (error) {
    // Another one came between; if it is not the same workload, that is the error.
    if (!(error instanceof AlreadyExistsError) || !await isMarked(place, digest, call)) throw error;
  }
  return false;
}

/** Rejects with a `NotEmptyError` where there is any object below a prefix. */
export async function refuseObjects(
  { store, prefix, uri }: MarkedPrefix,
  operation: string,
  call: CallOptions,
): Promise<void> {
  try {
    for await (const _ of store.list(prefix, { ...call, limit: 1, order: "any" })) {
      throw new NotEmptyError({
        operation,
        uri,
        detail: `it has objects, and no ${MARKER} that says that they are a workload's`,
        advice: "choose an empty prefix",
      });
    }
  } catch (error) {
    // A directory is made with its first file.
    if (!(error instanceof NotFoundError)) throw error;
  }
}
