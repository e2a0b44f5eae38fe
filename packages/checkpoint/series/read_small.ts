import { getBytes, type ObjectStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";

/** The bytes of an object; `undefined` where there is none. */
export async function readSmall(
  store: ObjectStore,
  key: string,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return (await getBytes(store, key, signal ? { signal } : {})).bytes;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
