import { InvalidNameError, NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import type { ObjectPlace, ObjectStore } from "@lade/core";
import { objectUri } from "@lade/core/backend";
import { deletePrefix, placeOf } from "@lade/core/operations";
import { redactSecrets } from "@lade/core/text";
import type { ObjectFilter } from "@lade/transfer/filter";
import { asPrefix, type LocatedUri, removeDirectory, type UriCalls } from "@lade/transfer/places";
import { refuseDirectory } from "./refuse_directory.ts";
import { removeMeant } from "./remove_meant.ts";
import { type Removal, type RemovalAdvice, type Removed, SCRIPT_ADVICE } from "./removal.ts";
import type { Settled, Settling } from "./settling.ts";
import { settleAmongVersions } from "./settle_versions.ts";

/** What is to be removed. */
export interface RemovalRequest {
  /** Names it. */
  readonly uri: string;
  /** Everything under a prefix, or in a directory; else one object. */
  readonly recursive?: boolean;
  /** A whole container may be emptied too, which a prefix that was forgotten would name. */
  readonly all?: boolean;
  /** What does not exist counts as removed, and a single object is not looked up. */
  readonly force?: boolean;
  /** This version of the object alone, for good. */
  readonly version?: string;
  /** All versions and delete markers go for good, instead of the objects. */
  readonly versions?: boolean;
  /**
   * Which objects go of what is under the prefix, or in the directory: needs `recursive`. Of a directory files and links go
   * then, and no directory.
   */
  readonly filter?: ObjectFilter;
  /** What messages say to do; words for scripts by default. */
  readonly advice?: RemovalAdvice;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Finds out what a URI names, an object, version, marker, link, prefix or container, and refuses what must not be
 * removed, before anything is.
 *
 * A link is removed as a link. The root directory, a mount point and the working directory with what it lies in are an
 * `InvalidNameError`, and so is a name that is an object and a prefix too.
 */
export async function settleRemoval(lade: UriCalls, request: RemovalRequest): Promise<Removal> {
  const { uri, recursive = false, force = false, all = false, version, versions = false, signal } = request;
  const { advice = SCRIPT_ADVICE, filter } = request;
  if (filter && (!recursive || versions || version !== undefined)) {
    const detail =
      "a filter chooses among the objects of a prefix, so it needs recursive, and takes no versions";
    throw new TypeError(`Cannot remove ${JSON.stringify(uri)}: ${detail}`);
  }
  const call = signal ? { signal } : {};
  const settling: Settling = { lade, force, all, advice, call, ...(filter && { filter }) };
  const place = await lade.locate(uri);
  const settled = version === undefined && !versions
    ? await settle(settling, place, recursive)
    : await settleAmongVersions(settling, place, { recursive, version, versions });
  return { ...settled, place: await placeOfName(settled.at, settling.call) };
}

/** Where a name itself is, be it that of a link. */
async function placeOfName({ store, key }: LocatedUri, call: Settling["call"]): Promise<ObjectPlace> {
  const name = key.slice(key.lastIndexOf("/") + 1);
  const place = await placeOf(store, key.slice(0, key.length - name.length), call);
  return { ...place, key: place.key + name };
}

async function settle(
  settling: Settling,
  place: LocatedUri,
  recursive: boolean,
): Promise<Settled> {
  const { advice, force, call } = settling;
  const { store, key } = place;
  const isPrefix = key === "" || key.endsWith("/");
  if (!recursive) return isPrefix ? await markerOf(settling, place) : await objectOf(settling, place);
  if (isPrefix) return await prefixOf(settling, place);
  const kind = await store.tree?.kindOf(key, call);
  if (settling.filter && kind !== undefined && kind !== "directory") throw notChosen(place);
  if (kind === "link" || kind === "other") return entryOf(settling, place, kind);
  const named = await whatIsNamed(settling, place);
  if (named.object && named.prefix) {
    throw invalid(place, "it is an object and also a prefix", advice.ambiguous);
  }
  if (named.object && settling.filter) throw notChosen(place);
  if (named.object) return objectRemoval(settling, place, "object");
  if (named.prefix) return await prefixOf(settling, named.prefix);
  if (force) return nothingAt(place);
  throw new NotFoundError({ operation: "remove", uri: uriOf(place), detail: "no such object or prefix" });
}

/** A name that ends in a slash is a prefix, but there can be an object of the very name. */
async function markerOf(settling: Settling, place: LocatedUri): Promise<Settled> {
  const { advice, call } = settling;
  const { store, key } = place;
  if (store.tree || key === "") {
    const kind = await store.tree?.kindOf(key, call);
    if (kind === "link") throw invalid(place, "it is a symbolic link", "leave out the slash at its end");
    if (kind === "object") throw invalid(place, "it is a file", "leave out the slash at its end");
    if (!store.tree) throw invalid(place, "it is a whole container", advice.all);
    throw invalid(place, "it is a directory", advice.recursive);
  }
  try {
    if (await isObject(place, call)) return objectRemoval(settling, place, "marker");
  } catch (error) {
    if (!(error instanceof PermissionDeniedError)) throw error;
    return { ...objectRemoval(settling, place, "marker"), unseen: error };
  }
  throw invalid(place, "it is a prefix", advice.recursive);
}

async function objectOf(settling: Settling, place: LocatedUri): Promise<Settled> {
  const { advice, call, force } = settling;
  const { store, key } = place;
  const kind = await store.tree?.kindOf(key, call);
  if (kind === "link" || kind === "other") return entryOf(settling, place, kind);
  if (kind === "directory") throw invalid(place, "it is a directory", advice.recursive);
  // Only where a look costs no request it is known that there is nothing; a service says the same to both.
  if (force && store.tree && kind === undefined) return nothingAt(place);
  const unseen = force ? undefined : await look(settling, place);
  return { ...objectRemoval(settling, place, "object"), ...(unseen && { unseen }) };
}

/** Looks whether an object is there. Who may neither read nor list cannot know: the refusal is the answer. */
async function look(settling: Settling, place: LocatedUri): Promise<PermissionDeniedError | undefined> {
  try {
    if (await isObject(place, settling.call)) return undefined;
    throw new NotFoundError({ operation: "remove", uri: uriOf(place), detail: "no such object" });
  } catch (error) {
    if (error instanceof PermissionDeniedError && !place.store.tree) return error;
    throw await explained(settling, error, place);
  }
}

/** Says of a missing object whether there is a prefix of its name, or not even its container. */
async function explained(settling: Settling, error: unknown, place: LocatedUri): Promise<unknown> {
  const { advice, call, lade } = settling;
  if (
    !(error instanceof NotFoundError) || call.signal?.aborted || error.uri !== redactSecrets(uriOf(place))
  ) return error;
  let isPrefix = false;
  try {
    isPrefix = await holdsAny(await asPrefix(lade, place), call);
  } catch (missingContainer) {
    if (missingContainer instanceof NotFoundError) {
      return missingContainer.restated({ operation: "remove", uri: uriOf(place) });
    }
  }
  const found = isPrefix ? { detail: "it is a prefix", advice: advice.recursive } : {};
  return error.restated({ operation: "remove", uri: uriOf(place), ...found });
}

/** A filter could leave the very thing out that was named. */
function notChosen(place: LocatedUri): InvalidNameError {
  return invalid(
    place,
    "it is one thing, and filters choose among what lies below a prefix",
    "leave them out",
  );
}

async function prefixOf(settling: Settling, place: LocatedUri): Promise<Settled> {
  const { lade, advice, all, call, filter } = settling;
  const { store, key } = place;
  const uri = uriOf(place);
  if (store.tree) {
    if (key === "") await refuseDirectory(store, "remove", uri, { ...call, isKept: filter !== undefined });
  } else if (key === "" && !all) throw invalid(place, "it is a whole container", advice.all);
  return {
    kind: key === "" ? "container" : "prefix",
    uri,
    at: place,
    preview: () => removedBelow(settling, place, true),
    async *run() {
      let isWhole = true;
      for await (const removed of removedBelow(settling, place, false)) {
        isWhole &&= !removed.error;
        yield removed;
      }
      if (store.tree && key === "" && isWhole && !filter) await removeDirectory(lade, uri, call);
    },
  };
}

async function* removedBelow(
  { call, filter, force }: Settling,
  place: LocatedUri,
  dryRun: boolean,
): AsyncGenerator<Removed> {
  const { store, key, uriOf } = place;
  let isEmpty = true;
  try {
    if (filter) {
      for await (const removed of removeMeant(place, filter, { call, dryRun, force })) {
        isEmpty = false;
        yield removed;
      }
      // What the filter leaves is there all the same.
      isEmpty &&= !await holdsAny(place, call);
    } else {for await (const { key: removed, error } of deletePrefix(store, key, { ...call, dryRun })) {
        isEmpty = false;
        yield { uri: uriOf(removed), ...(error && { error }) };
      }}
  } catch (error) {
    if (isEmpty && force && store.tree && error instanceof NotFoundError) return;
    throw error;
  }
  // A typing error must not pass for success; containers and directories may be empty.
  if (!isEmpty || force || key === "" || store.tree) return;
  throw new NotFoundError({ operation: "remove", uri: uriOf(key), detail: "no such prefix" });
}

/** A link is one wherever it leads, and so is a socket, pipe or device. */
function entryOf({ call }: Settling, place: LocatedUri, kind: "link" | "other"): Settled {
  const { store, key } = place;
  const remove = async () => {
    for await (const { error } of store.tree?.remove(key, call) ?? []) if (error) throw error;
  };
  return { ...single(place, remove), kind };
}

function objectRemoval({ call }: Settling, place: LocatedUri, kind: "object" | "marker"): Settled {
  return { ...single(place, () => place.store.delete(place.key, call)), kind };
}

function single(at: LocatedUri, remove: () => Promise<void>): Omit<Settled, "kind"> {
  const uri = uriOf(at);
  return {
    uri,
    at,
    async *preview() {
      yield { uri };
    },
    async *run() {
      await remove();
      yield { uri };
    },
  };
}

function nothingAt(at: LocatedUri): Settled {
  const nothing = async function* (): AsyncGenerator<Removed> {};
  return { kind: "nothing", uri: uriOf(at), at, preview: nothing, run: nothing };
}

interface Named {
  readonly object: boolean;
  readonly prefix: LocatedUri | undefined;
}

async function whatIsNamed({ lade, call }: Settling, place: LocatedUri): Promise<Named> {
  const prefix = await asPrefix(lade, place);
  const [object, hasBelow] = await Promise.all([isObject(place, call), holdsAny(prefix, call)]);
  return { object, prefix: hasBelow ? prefix : undefined };
}

/** An object is looked up where that is allowed, and else found by the listing, whose first key it would be. */
async function isObject({ store, key }: LocatedUri, call: Settling["call"]): Promise<boolean> {
  let denied: PermissionDeniedError;
  try {
    await store.head(key, call);
    return true;
  } catch (error) {
    if (error instanceof NotFoundError && isOf(error, store, key)) return false;
    if (!(error instanceof PermissionDeniedError) || store.tree) throw error;
    denied = error;
  }
  try {
    for await (const first of store.list(key, call)) return first.key === key;
    return false;
  } catch (error) {
    throw error instanceof PermissionDeniedError ? denied : error;
  }
}

/** Whether an error is about an object, and not about its container. */
function isOf({ uri }: NotFoundError, store: ObjectStore, key: string): boolean {
  return uri === redactSecrets(objectUri(store.uri, key));
}

/** Whether there is anything under a prefix. A missing container is a `NotFoundError`, except for a missing directory. */
async function holdsAny({ store, key }: LocatedUri, call: Settling["call"]): Promise<boolean> {
  if (store.tree && await store.tree.kindOf(key, call) === "directory") return true;
  try {
    for await (const _ of store.list(key, { ...call, order: "any", limit: 1 })) return true;
  } catch (error) {
    if (!(error instanceof NotFoundError) || !store.tree) throw error;
  }
  return false;
}

function uriOf({ key, uriOf }: LocatedUri): string {
  return uriOf(key);
}

function invalid(place: LocatedUri, detail: string, advice?: string): InvalidNameError {
  return new InvalidNameError({ operation: "remove", uri: uriOf(place), detail, advice });
}
