import { NotFoundError } from "@lade/core/errors";
import type { Lade } from "@lade/lade";
import { redactSecrets } from "@lade/core/text";
import { hintAt } from "./hint_at.ts";
import { isThere } from "./look.ts";
import { locatePrefix, type Place, prefixNoun } from "./place.ts";

/** What was tried when an object turned out to be missing. */
export interface MissingObject {
  /** The stores. */
  readonly lade: Lade;
  /** Where it is missing. */
  readonly place: Place;
  /** What was to be done, for the message: `remove`. */
  readonly operation: string;
  /** What to do where there is a prefix of this name. */
  readonly advice: string;
  /** Ends the search for the prefix. */
  readonly signal: AbortSignal;
}

/**
 * Says of a missing object what it was wanted for, and whether there is a prefix of its name or not even its container;
 * other errors stay.
 */
export async function explainMissing(error: unknown, missing: MissingObject): Promise<unknown> {
  const { lade, place, operation, advice, signal } = missing;
  if (!(error instanceof NotFoundError) || signal.aborted) return error;
  if (error.uri !== redactSecrets(place.uri)) return error;
  let isPrefix = false;
  try {
    isPrefix = await isThere(await locatePrefix(lade, place), signal);
  } catch (missingContainer) {
    if (missingContainer instanceof NotFoundError) {
      return missingContainer.restated({ operation, uri: place.uri });
    }
  }
  // A local store tells of pipes and devices itself.
  const hint = / device$/.test(error.detail) ? "" : await hintAt(place);
  const found = isPrefix ? { detail: `it is ${prefixNoun(place)}`, advice } : { detail: error.detail + hint };
  return error.restated({ operation, uri: place.uri, ...found });
}
