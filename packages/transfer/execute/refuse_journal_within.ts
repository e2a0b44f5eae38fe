import { InvalidNameError } from "@lade/core/errors";
import { PlaceJudge } from "@lade/core/operations";
import { locate, locatePrefix, type Place } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** What a transfer is between. */
interface Between {
  readonly operation: string;
  readonly sources: readonly string[];
  readonly destination: Place;
  readonly isPrefix: boolean;
  readonly signal: AbortSignal;
}

/** A journal that lies in what is copied would be copied, or deleted by a `sync`, while it is written. */
export async function refuseJournalWithin(
  lade: UriCalls,
  prefix: Place | undefined,
  { operation, sources, destination, isPrefix, signal }: Between,
): Promise<void> {
  if (!prefix) return;
  const judge = new PlaceJudge();
  const outer = isPrefix ? [destination] : [];
  for (const source of sources) outer.push(await locatePrefix(lade, await locate(lade, source)));
  for (const place of outer) {
    if (!await judge.contains(place, prefix, undefined, { signal })) continue;
    const detail = `the journal cannot lie in it, as ${JSON.stringify(prefix.uri)} does`;
    throw new InvalidNameError({
      operation,
      uri: place.uri,
      detail,
      advice: "keep it elsewhere (--journal)",
    });
  }
}
