import type { CopyOptions, ObjectStore } from "@lade/core";
import { renameByCopy } from "@lade/service/copy";
import { isHeld } from "../conditions/rely_on.ts";
import { serverSideCopy } from "./server_side_copy.ts";
import type { BucketCopy } from "./bucket_copy.ts";

/** Copies by the service, then deletes the source, both pinned to one content. */
export function renameObject(store: ObjectStore, target: BucketCopy, options: CopyOptions): Promise<void> {
  const { connection, from, to, fromUri } = target;
  const about = {
    call: { operation: "rename", uri: fromUri, permission: "s3:DeleteObject" },
    key: from,
    signal: options.signal,
  };
  return renameByCopy(store, from, to, options, {
    copy: (pin) => serverSideCopy(target, options, pin),
    settleDeletion: (_, mayLook) => isHeld(connection, "delete-match", about, mayLook),
  });
}
