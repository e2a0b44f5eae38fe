import { UsageError } from "../command/usage_error.ts";

/** Splits the arguments of a command into sources and, last, the destination. */
export function splitPlaces(places: readonly string[]): { sources: string[]; destination: string } {
  const sources = places.slice(0, -1);
  const destination = places.at(-1);
  if (destination === undefined || sources.length === 0) {
    throw new UsageError("A source and a destination are needed.");
  }
  return { sources, destination };
}

/** A version is that of one object. */
export function refuseSeveral(uris: readonly string[], version: string | undefined): void {
  if (version !== undefined && uris.length > 1) throw new UsageError("With --version there is one object.");
}
