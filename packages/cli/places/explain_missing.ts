import { NotFoundError } from "@lade/core";
import type { Lade } from "@lade/lade";
import { isThere } from "./look.ts";
import { locatePrefix, type Place } from "./place.ts";

/** Says of a missing object that there is a prefix of this name, and what to do about it; other errors stay. */
export async function explainMissing(
  lade: Lade,
  error: unknown,
  place: Place,
  advice: string,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof NotFoundError) || signal.aborted) return error;
  const found = await isThere(await locatePrefix(lade, place), signal).catch(() => false);
  if (!found) return error;
  const { operation } = error;
  return new NotFoundError({ operation, uri: place.uri, detail: `it is a prefix, ${advice}`, cause: error });
}
