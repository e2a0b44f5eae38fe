import type { EtagMd5 } from "@lade/core/backend";
import type { ListedObject } from "./read_through.ts";

/** What the service says of an object's etag in the answer to a read of one byte: whether it is the MD5 of all of them. */
export async function askEtagMd5(
  { store, key, meta: { etag } }: ListedObject,
  signal: AbortSignal,
): Promise<EtagMd5 | undefined> {
  const range = { offset: 0, length: 1 };
  await using start = await store.get(key, { range, signal, ...(etag !== undefined && { ifMatch: etag }) });
  return start.etagMd5?.();
}
