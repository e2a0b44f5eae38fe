import type { CopyOptions } from "@lade/core/backend";
import type { ServiceCopy } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { headBlob } from "../objects/read_blob.ts";
import { renamePath } from "./rename_path.ts";

/** Renames in one step where the account has directories, else by a copy: all held to the content that is seen first. */
export async function rename(
  copy: ServiceCopy<AuthorizedTarget>,
  options: CopyOptions,
  copyAndDelete: (options: CopyOptions) => Promise<void>,
): Promise<void> {
  const { from: target, fromKey, calls } = copy;
  const { attributes, signal, sourceIfMatch, sourceVersion } = options;
  if (sourceVersion !== undefined) return await copyAndDelete(options);
  const asked = { ...(signal && { signal }), ...(sourceIfMatch !== undefined && { ifMatch: sourceIfMatch }) };
  const info = await headBlob(target, fromKey, asked, calls.from);
  // Where there are directories, the answer says what it is about.
  target.traits.hasDirectories ??= false;
  if (target.traits.hasDirectories && !attributes) return await renamePath(copy, info, options);
  await copyAndDelete(info.etag === undefined ? options : { ...options, sourceIfMatch: info.etag });
}
