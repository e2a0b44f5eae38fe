import type { CopyOptions, ObjectStore } from "@lade/core/backend";
import { renameByCopy } from "@lade/service/copy";
import { type BlobCopy, copyBlob } from "../copy/copy_blob.ts";
import { headBlob } from "../objects/read_blob.ts";
import { renamePath } from "./rename_path.ts";

/** Renames in one step where the account has directories, else by a copy: all held to the content that is seen first. */
export async function rename(store: ObjectStore, copy: BlobCopy, options: CopyOptions): Promise<void> {
  const { from: target, fromKey, toKey, calls } = copy;
  const { attributes, signal, sourceIfMatch, sourceVersion } = options;
  const byCopy = (given: CopyOptions) =>
    renameByCopy(store, fromKey, toKey, given, { copy: (pin) => copyBlob(copy, options, pin) });
  if (sourceVersion !== undefined) return await byCopy(options);
  const asked = { ...(signal && { signal }), ...(sourceIfMatch !== undefined && { ifMatch: sourceIfMatch }) };
  const info = await headBlob(target, fromKey, asked, calls.from.operation);
  if (target.traits.hasDirectories && !attributes) return await renamePath(copy, info, options);
  await byCopy(info.etag === undefined ? options : { ...options, sourceIfMatch: info.etag });
}
