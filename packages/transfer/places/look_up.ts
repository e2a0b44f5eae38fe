import type { ObjectMeta } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import type { Place } from "./place.ts";

/** What is known of an object; `undefined` where there is none. */
export async function lookUp({ store, key }: Place, signal: AbortSignal): Promise<ObjectMeta | undefined> {
  try {
    return await store.head(key, { signal });
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
