import { StoreError } from "@lade/core/backend";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/**
 * Whether the account has a hierarchical namespace: as its answers about blobs have shown, else as it says of itself. Where
 * that may not be asked, it counts as none until an answer shows one.
 */
export async function hasDirectories(target: AzureTarget, signal?: AbortSignal): Promise<boolean> {
  const { client, traits } = target;
  if (traits.hasDirectories !== undefined) return traits.hasDirectories;
  const call = { operation: "ask for the account of", uri: target.uri };
  const query = { restype: "account", comp: "properties" };
  const request = { method: "GET", path: pathOf(target), query, idempotent: true, signal, call } as const;
  try {
    const { headers } = await client.send({ ...request, kind: "other", statuses: [200] });
    return traits.hasDirectories ??= headers.get("x-ms-is-hns-enabled") === "true";
  } catch (error) {
    if (!(error instanceof StoreError) || error.retryable) throw error;
    return traits.hasDirectories ??= false;
  }
}
