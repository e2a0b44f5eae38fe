import type { ObjectVersion } from "@lade/core";
import {
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  ServiceError,
  UnsupportedError,
} from "@lade/core/errors";
import { listVersions, listVersionsOf } from "@lade/core/operations";
import { asPrefix, type LocatedUri } from "@lade/transfer/places";
import type { Removed } from "./removal.ts";
import type { Settled, Settling } from "./settling.ts";

/** Listings at most; the second finds nothing, unless something was hidden or written meanwhile. */
const MAX_PASSES = 4;

/** Which versions are to be removed. */
export interface VersionRequest {
  /** Those of everything under a prefix. */
  readonly recursive: boolean;
  /** This one of an object. */
  readonly version: string | undefined;
  /** All of them. */
  readonly versions: boolean;
}

/**
 * Finds out which versions and delete markers a URI names: one, all of an object, or all of everything under a prefix. An
 * object's are looked for in the list of versions alone, for it may be deleted.
 */
export async function settleAmongVersions(
  settling: Settling,
  place: LocatedUri,
  { recursive, version, versions }: VersionRequest,
): Promise<Settled> {
  if (version === undefined) {
    return recursive ? await below(settling, place) : await ofObject(settling, place);
  }
  if (recursive || versions) {
    throw new TypeError(
      `Cannot remove ${JSON.stringify(uriOf(place))}: version names one version of one object`,
    );
  }
  if (place.key === "") throw invalid(place, "it names a container, an object is needed");
  return await one(settling, place, version);
}

/** One version, or a delete marker: the latest too. One that is not there is an error, where that can be found out. */
async function one({ call, force }: Settling, at: LocatedUri, version: string): Promise<Settled> {
  const { store, key } = at;
  const uri = uriOf(at);
  const unseen = force ? undefined : await lookForVersion(at, version, call);
  return {
    kind: "version",
    uri,
    at,
    ...(unseen && { unseen }),
    async *preview() {
      yield { uri, version };
    },
    async *run() {
      await store.delete(key, { ...call, version });
      yield { uri, version };
    },
  };
}

/** A delete marker is no object: only the list of versions shows whether it is there. */
async function lookForVersion(
  at: LocatedUri,
  version: string,
  call: Settling["call"],
): Promise<PermissionDeniedError | undefined> {
  const { store, key } = at;
  let denied: PermissionDeniedError | undefined;
  try {
    await store.head(key, { ...call, version });
    return undefined;
  } catch (error) {
    if (error instanceof PermissionDeniedError) denied = error;
    else if (!(error instanceof NotFoundError)) throw error;
  }
  try {
    for await (const listed of listVersionsOf(store, key, call)) {
      if (listed.version === version) return undefined;
    }
  } catch (error) {
    if (error instanceof PermissionDeniedError) return denied ?? error;
    throw error;
  }
  throw missing(at, `no version ${JSON.stringify(version)}`);
}

async function ofObject({ advice, call, force }: Settling, at: LocatedUri): Promise<Settled> {
  const { store, key } = at;
  const isPrefix = key === "" || key.endsWith("/");
  const list = () => listVersionsOf(store, key, call);
  if (key !== "" && await hasAny(list())) return all("object", at, list, call);
  if (key === "") throw invalid(at, "it is a whole container", advice.all);
  if (isPrefix) throw invalid(at, "it is a prefix", advice.recursive);
  if (force) return all("nothing", at, list, call);
  throw missing(at, "no such object, and no version of one");
}

async function below(settling: Settling, place: LocatedUri): Promise<Settled> {
  const { advice, call, force, lade } = settling;
  const { store, key } = place;
  if (key === "" && !settling.all) throw invalid(place, "it is a whole container", advice.all);
  const isPrefix = key === "" || key.endsWith("/");
  const prefix = isPrefix ? place : await asPrefix(lade, place);
  const list = () => listVersions(store, prefix.key, call);
  const [isOwn, isAnyBelow] = [
    !isPrefix && await hasAny(listVersionsOf(store, key, call)),
    await hasAny(list()),
  ];
  if (isOwn && isAnyBelow) throw invalid(place, "it is an object and also a prefix", advice.ambiguous);
  if (isOwn) return all("object", place, () => listVersionsOf(store, key, call), call);
  if (!isAnyBelow && !force && key !== "") {
    throw missing(place, "no such object or prefix, and no version of one");
  }
  return all(key === "" ? "container" : "prefix", prefix, list, call);
}

function all(
  kind: Settled["kind"],
  at: LocatedUri,
  list: () => AsyncIterable<ObjectVersion>,
  call: Settling["call"],
): Settled {
  const run = () => removeVersions(at, list, call);
  return { kind, uri: uriOf(at), at, preview: () => tellVersions(at, list()), run };
}

/**
 * Removes versions and delete markers for good, as they are listed, and lists again until nothing is left: what was
 * removed may hide from a listing what follows it.
 */
export async function* removeVersions(
  { store, uriOf }: LocatedUri,
  list: () => AsyncIterable<ObjectVersion>,
  call: Settling["call"],
): AsyncGenerator<Removed> {
  const named = async function* () {
    for await (const { key, version } of list()) yield { key, version };
  };
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    let removed = 0;
    let failed = false;
    try {
      for await (const { key, version, error } of store.deleteMany(named(), call)) {
        if (error) failed = true;
        else removed++;
        yield { uri: uriOf(key), ...(version !== undefined && { version }), ...(error && { error }) };
      }
    } catch (error) {
      // A store that keeps snapshots alone has nothing of the kind when they are gone.
      if (pass === 1 || !(error instanceof UnsupportedError)) throw error;
    }
    if (failed || removed === 0) return;
  }
  for await (const { key, version } of list()) {
    const uri = uriOf(key);
    const detail = `version ${JSON.stringify(version)} is listed after all were removed`;
    const error = new ServiceError({ operation: "remove", uri, detail, advice: "remove them again" });
    yield { uri, version, error };
    return;
  }
}

/** Yields the versions and delete markers that {@linkcode removeVersions} would remove. */
export async function* tellVersions(
  { uriOf }: LocatedUri,
  versions: AsyncIterable<ObjectVersion>,
): AsyncGenerator<Removed> {
  for await (const { key, version } of versions) yield { uri: uriOf(key), version };
}

async function hasAny(versions: AsyncIterable<ObjectVersion>): Promise<boolean> {
  for await (const _ of versions) return true;
  return false;
}

function uriOf({ key, uriOf }: LocatedUri): string {
  return uriOf(key);
}

function missing(place: LocatedUri, detail: string): NotFoundError {
  return new NotFoundError({ operation: "remove", uri: uriOf(place), detail });
}

function invalid(place: LocatedUri, detail: string, advice?: string): InvalidNameError {
  return new InvalidNameError({ operation: "remove", uri: uriOf(place), detail, advice });
}
