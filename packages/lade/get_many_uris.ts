import type { GetManyOptions } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import { getMany } from "@lade/core/operations";
import type { LocatedUri } from "@lade/transfer/places";
import type { GetManyUriResult } from "./results.ts";

/** Reads many whole objects and yields them in the order of their URIs; consecutive ones of one container concurrently. */
export async function* getManyUris(
  uris: AsyncIterable<string> | Iterable<string>,
  locate: (uri: string) => Promise<LocatedUri>,
  options: GetManyOptions,
): AsyncGenerator<GetManyUriResult> {
  if (typeof uris === "string") {
    throw new TypeError("Cannot get many objects by one string: a list of URIs is needed");
  }
  const iterator = Symbol.asyncIterator in uris ? uris[Symbol.asyncIterator]() : uris[Symbol.iterator]();
  try {
    let next = await iterator.next();
    while (!next.done) {
      const given = next.value;
      let first: LocatedUri;
      try {
        first = await locate(given);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        yield { key: given, uri: given, error };
        next = await iterator.next();
        continue;
      }
      const { store, uriOf } = first;
      let following: IteratorResult<string> = next;
      const keys = async function* (): AsyncGenerator<string> {
        for (; !following.done; following = await iterator.next()) {
          // One that cannot be located is yielded in its turn.
          const located = await locate(following.value).catch(() => undefined);
          if (located?.store !== store) return;
          yield located.key;
        }
      };
      for await (const result of getMany(store, keys(), options)) {
        yield { ...result, uri: uriOf(result.key) };
      }
      next = following;
    }
  } finally {
    await iterator.return?.();
  }
}
