import { InvalidNameError } from "@lade/core/errors";
import type { PlaceJudge } from "@lade/core/operations";
import type { Place } from "../places/place.ts";

/** The places of a synchronization. */
export interface SyncPlaces {
  /** The command, for messages. */
  readonly operation: string;
  /** The source. */
  readonly source: Place;
  /** What becomes like it. */
  readonly destination: Place;
  /** Where what is replaced or deleted is kept. */
  readonly backup?: Place | undefined;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Ends the look. */
  readonly signal: AbortSignal;
}

/** The keys of the first objects of two places, where these have any. */
export interface FirstKeys {
  /** Of the source. */
  readonly source?: string | undefined;
  /** Of the destination. */
  readonly target?: string | undefined;
}

/**
 * Throws an `InvalidNameError` where source, destination and backup do not lie apart, by whatever names: one that lies in
 * another would be copied into itself, or deleted with it. Where names do not show whether two services are one, the first
 * keys do.
 */
export async function refuseOverlap(places: SyncPlaces, first: FirstKeys = {}): Promise<void> {
  const { source, destination, backup } = places;
  for (const key of [first.source, first.target].filter((one, at) => at === 0 || one !== undefined)) {
    await refuse(places, source, destination, key);
    if (!backup) continue;
    await refuse(places, source, backup, key);
    await refuse(places, destination, backup, key);
  }
}

async function refuse(
  { operation, judge, signal }: SyncPlaces,
  one: Place,
  other: Place,
  key: string | undefined,
): Promise<void> {
  const isWithin = await judge.contains(one, other, key, { signal });
  const isAround = await judge.contains(other, one, key, { signal });
  if (!isWithin && !isAround) return;
  const what = JSON.stringify(other.uri);
  const detail = isWithin && isAround
    ? `${what} is the same`
    : isWithin
    ? `${what} lies in it`
    : `it lies in ${what}`;
  throw new InvalidNameError({ operation, uri: one.uri, detail });
}
