import { needText } from "../conditions/need_text.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, DeleteResult } from "../contract/types.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";

/** Options of {@linkcode deletePrefix}. */
export interface DeletePrefixOptions extends CallOptions {
  /** Deletes nothing, and yields what would be deleted. */
  readonly dryRun?: boolean;
}

/**
 * Deletes everything whose key starts with `prefix` and yields one result for each. What was deleted is
 * yielded also when the rest fails.
 *
 * The prefix ends in `/`, or is empty for the whole store, so that `logs` never deletes `logs-of-last-year`.
 * Objects are deleted as they are listed. A store with links and directories is walked before the first deletion, and
 * nothing is deleted where part of it may not be read; links are deleted as links, and directories are deleted too.
 */
export async function* deletePrefix(
  store: ObjectStore,
  prefix: string,
  options: DeletePrefixOptions = {},
): AsyncGenerator<DeleteResult> {
  needText(prefix);
  if (prefix !== "" && !prefix.endsWith("/")) {
    throw new InvalidNameError({
      operation: "delete prefix",
      uri: objectUri(store.uri, prefix),
      detail: "a prefix to delete ends in /",
    });
  }
  const { dryRun = false, ...rest } = options;
  if (store.tree) {
    const entries = dryRun ? store.tree.walk(prefix, rest) : store.tree.remove(prefix, rest);
    for await (const { kind, ...entry } of entries) {
      // Directories are no objects; one that cannot be removed is yielded.
      if (kind !== "directory" || ("error" in entry && entry.error)) yield resultOf(entry);
    }
  } else if (dryRun) {
    for await (const { key } of store.list(prefix, { ...rest, order: "any" })) yield { key };
  } else yield* store.deleteMany(keysOf(store, prefix, rest), rest);
}

function resultOf({ key, error }: DeleteResult): DeleteResult {
  return error === undefined ? { key } : { key, error };
}

async function* keysOf(store: ObjectStore, prefix: string, options: CallOptions): AsyncGenerator<string> {
  for await (const { key } of store.list(prefix, { ...options, order: "any" })) yield key;
}
