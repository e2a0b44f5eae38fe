import type { ObjectMeta } from "@lade/core";
import { NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import type { UriCalls } from "./uri_calls.ts";
import { hintAt } from "./missing.ts";
import { isLocalDirectory, isPrefix, isThere, localPathOf, locatePrefix, type Place } from "./place.ts";

/** What a place names: an object, a prefix, or both. */
export interface Named {
  /** The object of this key. */
  readonly object?: ObjectMeta;
  /** The prefix: the place, with a slash at its end. */
  readonly prefix?: Place;
  /** Why it is not known whether there is a prefix; only beside an object. */
  readonly unlisted?: PermissionDeniedError;
}

/** What a look at one object came to. */
export interface Sight {
  /** What is known of it. */
  readonly object?: ObjectMeta;
  /** Why it is not known whether it is there: neither reading nor listing is allowed. */
  readonly unseen?: PermissionDeniedError;
}

/**
 * Finds out what a place names. A key with a slash at its end is a prefix without looking; any other is an object if
 * there is one, and a prefix if there is anything below. Nothing at all is a `NotFoundError`.
 *
 * Both questions are asked concurrently. Where reading is not allowed, a listing shows whether the object is there. Where
 * listing is not allowed, an object that is there is enough, and `unlisted` says what is unknown.
 */
export async function classifyPlace(
  lade: UriCalls,
  place: Place,
  operation: string,
  signal: AbortSignal,
): Promise<Named> {
  if (isPrefix(place)) return { prefix: place };
  const prefix = await locatePrefix(lade, place);
  const [sight, hasBelow] = await Promise.all([
    headOf(place, signal),
    isThere(prefix, signal).catch(deniedOf),
  ]);
  if (typeof hasBelow !== "boolean") {
    if (!sight.object) throw hasBelow;
    return { object: sight.object, unlisted: hasBelow };
  }
  const { object } = sight.unseen ? await listedAs(place, sight.unseen, signal) : sight;
  if (!object && !hasBelow) {
    const detail = `no such object or prefix${await hintAt(place)}`;
    throw new NotFoundError({ operation, uri: place.uri, detail });
  }
  return { ...(object && { object }), ...(hasBelow && { prefix }) };
}

/** {@linkcode classifyPlace}, for what goes on with everything of that name: it has to know whether there is a prefix. */
export async function classifyWhole(
  lade: UriCalls,
  place: Place,
  operation: string,
  signal: AbortSignal,
): Promise<Named> {
  const named = await classifyPlace(lade, place, operation, signal);
  if (named.unlisted) throw named.unlisted;
  return named;
}

/**
 * Whether a place that may be named without saying which is a tree: a prefix or directory, and not one object. Where
 * there are both, it is the object. Nothing at all is a `NotFoundError`.
 */
export async function namesTree(
  lade: UriCalls,
  place: Place,
  operation: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (isPrefix(place) || await isLocalDirectory(place.uri)) return true;
  const { object } = await classifyPlace(lade, place, operation, signal);
  return object === undefined;
}

async function headOf(place: Place, signal: AbortSignal): Promise<Sight> {
  try {
    return { object: await place.store.head(place.key, { signal }) };
  } catch (error) {
    if (error instanceof NotFoundError) return {};
    if (localPathOf(place.uri) === undefined) return { unseen: deniedOf(error) };
    throw error;
  }
}

/** The object as a listing has it: the first of all keys that start with its own. */
async function listedAs(place: Place, unseen: PermissionDeniedError, signal: AbortSignal): Promise<Sight> {
  try {
    for await (const meta of place.store.list(place.key, { signal })) {
      return meta.key === place.key ? { object: meta } : {};
    }
    return {};
  } catch (error) {
    deniedOf(error);
    return { unseen };
  }
}

/** The error, where it says that something is not allowed; throws any other. */
function deniedOf(error: unknown): PermissionDeniedError {
  if (error instanceof PermissionDeniedError) return error;
  throw error;
}
