import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, DeleteResult } from "../contract/types.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";

/**
 * Deletes every object whose key starts with `prefix`, as they are listed, and yields one result per object.
 *
 * The prefix ends in `/`, or is empty for the whole store, so that `logs` can never take `logs-of-last-year` along.
 */
export async function* deletePrefix(
  store: ObjectStore,
  prefix: string,
  options: CallOptions = {},
): AsyncGenerator<DeleteResult> {
  if (prefix !== "" && !prefix.endsWith("/")) {
    throw new InvalidNameError({
      operation: "delete prefix",
      uri: objectUri(store.uri, prefix),
      detail: "a prefix to delete ends in /",
    });
  }
  yield* store.deleteMany(keysOf(store, prefix, options), options);
}

async function* keysOf(store: ObjectStore, prefix: string, options: CallOptions): AsyncGenerator<string> {
  for await (const { key } of store.list(prefix, options)) yield key;
}
