import type { ObjectInfo } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { isLocalDirectory, isPrefix, locatePrefix, type Place } from "./place.ts";

/** What a place names: an object, a prefix, or both. */
export interface Named {
  /** The object of this key. */
  readonly object?: ObjectInfo;
  /** The prefix: the place, with a slash at its end. */
  readonly prefix?: Place;
}

/**
 * Finds out what a place names. A key with a slash at its end is a prefix without looking; any other is an object if
 * there is one, and a prefix if there is anything below. Nothing at all is a `NotFoundError`.
 */
export async function look(
  lade: Lade,
  place: Place,
  operation: string,
  signal: AbortSignal,
): Promise<Named> {
  if (isPrefix(place)) return { prefix: place };
  const prefix = await locatePrefix(lade, place);
  const [object, hasBelow] = await Promise.all([headOf(place, signal), isThere(prefix, signal)]);
  if (!object && !hasBelow) {
    throw new NotFoundError({ operation, uri: place.uri, detail: "no such object or prefix" });
  }
  return { ...(object && { object }), ...(hasBelow && { prefix }) };
}

/** Whether there is anything under a prefix; an empty local directory counts. */
export async function isThere(prefix: Place, signal: AbortSignal): Promise<boolean> {
  if (await isLocalDirectory(prefix.uri)) return true;
  try {
    for await (const _ of prefix.store.list(prefix.key, { signal })) return true;
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  return false;
}

async function headOf(place: Place, signal: AbortSignal): Promise<ObjectInfo | undefined> {
  try {
    return await place.store.head(place.key, { signal });
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
