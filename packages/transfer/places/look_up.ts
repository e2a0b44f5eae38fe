import type { ObjectMeta } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import type { Place } from "./place.ts";

/** What is known of an object, or of a version of it; `undefined` where there is none. */
export async function lookUp(
  { store, key }: Pick<Place, "store" | "key">,
  signal: AbortSignal,
  version?: string,
): Promise<ObjectMeta | undefined> {
  try {
    return await store.head(key, { signal, ...(version !== undefined && { version }) });
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
