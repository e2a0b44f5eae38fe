import { journalDirectory, type JournalPlace, journalStore } from "../journal/journal_place.ts";
import { isPrefix, localPathOf, locate, locatePrefix } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** The place of journals that a URI or local path names: a directory, or a prefix of any store. */
export async function journalPlaceOf(lade: UriCalls, argument: string): Promise<JournalPlace> {
  const place = await locate(lade, argument);
  const path = localPathOf(place.uri);
  if (path !== undefined) return journalDirectory(path.replace(/(?<=.)\/+$/, ""));
  const { store, key } = isPrefix(place) ? place : await locatePrefix(lade, place);
  return journalStore(store, key);
}
