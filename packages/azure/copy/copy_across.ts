import type { CopyOptions, CopyResult } from "@lade/core/backend";
import { faultOf } from "@lade/service/errors";
import type { AzureTarget } from "../client/azure_target.ts";
import { type BlobCopy, copyBlob } from "./copy_blob.ts";

/**
 * Copies between containers and accounts of one service; `undefined` where the service of the target cannot reach the source,
 * or may not read it by what this process has to show.
 */
export async function copyAcross(copy: BlobCopy, options: CopyOptions): Promise<CopyResult | undefined> {
  if (serviceOf(copy.from) !== serviceOf(copy.to)) return undefined;
  try {
    return await copyBlob(copy, options);
  } catch (error) {
    if (faultOf(error)?.code !== "CannotVerifyCopySource") throw error;
    return undefined;
  }
}

/** The host without the account, where that is its first label. */
function serviceOf({ endpoint: { url, account } }: AzureTarget): string {
  const { host } = new URL(url);
  return host.startsWith(`${account}.`) ? host.slice(account.length + 1) : host;
}
