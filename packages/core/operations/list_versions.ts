import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, CommonPrefix, ObjectVersion } from "../contract/types.ts";
import { UnsupportedError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";

/**
 * Lists every version of the objects whose keys start with `prefix`, and the delete markers: by ascending key, the newest
 * version of a key first. A store that has no such list is an `UnsupportedError`.
 */
export async function* listVersions(
  store: ObjectStore,
  prefix = "",
  options: CallOptions = {},
): AsyncGenerator<ObjectVersion, void, void> {
  options.signal?.throwIfAborted();
  const versions = store.listVersions?.(prefix, options);
  if (!versions) {
    const uri = prefix === "" ? store.uri : objectUri(store.uri, prefix);
    throw new UnsupportedError({
      operation: "list the versions of",
      uri,
      detail: "the store keeps no versions",
    });
  }
  yield* versions;
}

/**
 * Lists the versions of one level, and among them the distinct prefixes up to the next `/` after `prefix`: by the store's
 * own means, or by passing over all that lies deeper.
 */
export async function* listVersionsWithDelimiter(
  store: ObjectStore,
  prefix = "",
  options: CallOptions = {},
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
  options.signal?.throwIfAborted();
  const level = store.listVersionsWithDelimiter?.(prefix, options);
  if (level) return yield* level;
  let folded: string | undefined;
  for await (const version of listVersions(store, prefix, options)) {
    if (folded !== undefined && version.key.startsWith(folded)) continue;
    const slash = version.key.indexOf("/", prefix.length);
    folded = slash < 0 ? undefined : version.key.slice(0, slash + 1);
    yield folded === undefined ? version : { prefix: folded };
  }
}

/** Lists the versions of one object and its delete markers, the newest first. */
export async function* listVersionsOf(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): AsyncGenerator<ObjectVersion, void, void> {
  for await (const version of listVersions(store, key, options)) {
    // Every other key that starts with this one comes after it.
    if (version.key !== key) return;
    yield version;
  }
}
