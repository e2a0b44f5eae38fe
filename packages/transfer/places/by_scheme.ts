import { parseUri } from "@lade/core/backend";
import { InvalidNameError } from "@lade/core/errors";
import { locate, type Place } from "./place.ts";
import type { UriCalls } from "./uri_calls.ts";

/**
 * Local places by one scheme, whose root directory is one store: between two of them a move is nothing but another name.
 * `undefined` where a path is longer than a key of that store may be.
 */
export async function byScheme(
  lade: UriCalls,
  scheme: string,
  places: readonly Place[],
): Promise<readonly Place[] | undefined> {
  try {
    return await Promise.all(places.map(({ uri }) => locate(lade, `${scheme}://${parseUri(uri).rest}`)));
  } catch (error) {
    if (error instanceof InvalidNameError) return undefined;
    throw error;
  }
}
