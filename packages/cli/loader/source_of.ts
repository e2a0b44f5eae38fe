import type { Lade } from "@lade/lade";
import { isLocalDirectory, locate, locatePrefix, type Place } from "@lade/transfer/places";

/** What an argument names, a local path too; a directory is a prefix. */
export async function sourceOf(lade: Lade, argument: string): Promise<Place> {
  const place = await locate(lade, argument);
  return await isLocalDirectory(place.uri) ? await locatePrefix(lade, place) : place;
}
