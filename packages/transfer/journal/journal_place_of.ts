import { journalDirectory, type JournalPlace, journalStore } from "./journal_place.ts";
import type { ProcessLocks } from "./process_locks.ts";
import { isPrefix, localPathOf, locate, locatePrefix, type Place } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** The prefix of the place of journals that a URI or local path names; processes with a share of a transfer tell of it there. */
export async function journalPrefixOf(lade: UriCalls, argument: string): Promise<Place> {
  const place = await locate(lade, argument);
  return isPrefix(place) ? place : await locatePrefix(lade, place);
}

/** The place of journals that a URI or local path names: a directory, or a prefix of any store. */
export async function journalPlaceOf(
  lade: UriCalls,
  argument: string,
  locks?: ProcessLocks,
): Promise<JournalPlace> {
  const place = await locate(lade, argument);
  const path = localPathOf(place.uri);
  if (path !== undefined) return journalDirectory(path.replace(/(?<=.)\/+$/, ""), locks);
  const { store, key } = isPrefix(place) ? place : await locatePrefix(lade, place);
  return journalStore(store, key, locks);
}
