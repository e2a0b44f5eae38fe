import { type CopyOptions, type ObjectStore, StoreError, UnsupportedError } from "@lade/core/backend";
import { isHeld } from "../service/rely_on.ts";
import { copyObject } from "./copy_object.ts";
import type { CopyTarget } from "./copy_target.ts";
import { refuseAlias } from "./refuse_alias.ts";

/** Copies by the service, then deletes the source, both pinned to one content. */
export async function renameObject(
  store: ObjectStore,
  target: CopyTarget,
  options: CopyOptions,
): Promise<void> {
  const { connection, from, to } = target;
  if (options.sourceVersion !== undefined) {
    const detail = "a version cannot be renamed, copy it";
    throw new UnsupportedError({ operation: "rename", uri: target.fromUri, detail });
  }
  const { signal } = options;
  const ending = signal === undefined ? {} : { signal };
  await refuseAlias(store, from, to, ending);
  const source = options.sourceIfMatch === undefined ? await store.head(from, ending) : undefined;
  const etag = options.sourceIfMatch ?? source?.etag;
  // Where nobody asked for the condition and the service cannot hold it, a look is better than nothing.
  const ifIgnored = source === undefined ? options.ifIgnored ?? "refuse" : "look";
  if (etag !== undefined && from !== to) {
    const call = { operation: "rename", uri: target.fromUri, permission: "s3:DeleteObject" };
    await isHeld(connection, "delete-match", { call, key: from, signal }, ifIgnored === "look");
  }
  await copyObject(target, options, etag);
  if (from === to) return;
  try {
    await store.delete(from, { ...ending, ifIgnored, ...(etag === undefined ? {} : { ifMatch: etag }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainHalfRename(error, target);
  }
}

/** The error of a rename whose copy was made and whose source could not be deleted: it says that both are there. */
function explainHalfRename(error: unknown, { fromUri, toUri }: CopyTarget): unknown {
  if (!(error instanceof StoreError)) return error;
  const detail = `${error.detail}; the copy ${JSON.stringify(toUri)} was made, and the source stays`;
  return error.restated({ operation: "rename", uri: fromUri, detail, cause: error.cause ?? error });
}
