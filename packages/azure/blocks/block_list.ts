import { readSize, unlikeService } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { childText, parseXml } from "@lade/service/xml";
import type { HeadOptions } from "@lade/core/backend";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { versionQuery } from "../client/version_query.ts";

/** A block that the service has. */
export interface StoredBlock {
  /** Its name, in base64. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
}

/** Enough for 50,000 blocks, and 100,000 that wait to become part of the blob. */
const MAX_BYTES = 2 ** 26;

/** Asks for the blocks of a blob, in order; a `NotFoundError` where the service knows neither blob nor blocks. */
export async function readBlockList(
  { client, ...target }: AzureTarget,
  key: string,
  type: "committed" | "uncommitted",
  call: FailedCall,
  { signal, version }: Pick<HeadOptions, "signal" | "version"> = {},
): Promise<readonly StoredBlock[]> {
  const query = { comp: "blocklist", blocklisttype: type, ...versionQuery(version) };
  const request = { method: "GET", path: pathOf(target, key), query, signal, call, root: "BlockList" };
  const { children } = await client.readDocument(request, parseXml, MAX_BYTES);
  return children.flatMap((list) => list.children).map((block): StoredBlock => {
    const [id, size] = [childText(block, "Name"), readSize(childText(block, "Size"))];
    if (id && size !== undefined) return { id, size };
    throw unlikeService(call, AZURE_NAMES.service, "a block lacks name or size");
  });
}

/** The document that makes a blob of blocks. */
export function writeBlockList(ids: readonly string[]): Uint8Array<ArrayBuffer> {
  const list = ids.map((id) => `<Latest>${id}</Latest>`).join("");
  return new TextEncoder().encode(`<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`);
}
