import { InvalidNameError, NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { canBeObject, isPrefix, type Place } from "./place.ts";
import { refusePrefix } from "./missing.ts";

/** What an object is needed for. */
export interface ContentNeed {
  /** What is to be done, for the message: `get`. */
  readonly operation: string;
  /** What to do where there is a prefix instead. */
  readonly advice: string;
  /** The version that is asked for: then nothing is looked up. */
  readonly version?: string | undefined;
  /** Ends the look. */
  readonly signal: AbortSignal;
}

/**
 * Throws an `InvalidNameError` for a prefix where an object with content is needed. A key that ends in a slash is looked
 * up: one that has bytes is an object like any other, one without only marks a prefix.
 */
export async function needContent(place: Place, need: ContentNeed): Promise<void> {
  const { operation, advice, version, signal } = need;
  if (!isPrefix(place) || (version !== undefined && canBeObject(place))) return;
  if (!canBeObject(place)) return await refusePrefix(place, operation, advice);
  try {
    const { size } = await place.store.head(place.key, { signal });
    if (size > 0) return;
  } catch (error) {
    if (error instanceof NotFoundError) return await refusePrefix(place, operation, advice);
    if (!(error instanceof PermissionDeniedError)) throw error;
    const unseen = `whether there is an object of that very key is not known: ${error.message}`;
    const detail = `it names a prefix; ${unseen}`;
    throw new InvalidNameError({ operation, uri: place.uri, detail, advice, cause: error });
  }
  const detail = "it is a prefix, which an object without bytes marks";
  throw new InvalidNameError({ operation, uri: place.uri, detail, advice });
}
