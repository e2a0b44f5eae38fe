import type { ObjectInfo } from "@lade/core/backend";
import { Crc32c } from "@lade/codec/checksum";
import { conditionHeaders } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { readBlockId } from "../blocks/block_id.ts";
import { readBlockList } from "../blocks/block_list.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { versionQuery } from "../client/version_query.ts";
import { STORED_CRC, writerOf } from "../names/stored_crc.ts";
import { describeBlob } from "./describe_blob.ts";

/** The service tells the MD5 of ranges of so many bytes at most. */
const RANGE_BYTES = 2 ** 22;

/**
 * Whether the checksum that is kept with a blob is of another one: a program that replaced the blob took its metadata over.
 * Blocks name their writer. A blob without blocks is read once more, and has other bytes than its writer put where the
 * service vouches for them by their MD5.
 */
export async function hasStaleChecksums(
  target: AzureTarget,
  { key, etag, checksums }: ObjectInfo,
  call: FailedCall,
  version?: string,
): Promise<boolean> {
  const which = version === undefined ? {} : { version };
  if (etag === undefined || checksums?.crc32c === undefined) return false;
  const { info, headers } = await describeBlob(target, key, call, { ...which, ifMatch: etag });
  const writer = writerOf(headers.get(`x-ms-meta-${STORED_CRC}`));
  const blocks = await readBlockList(target, key, "committed", call, which);
  if (blocks.length > 0) return !blocks.every(({ id }) => readBlockId(id)?.writer === writer);
  const sum = new Crc32c();
  for (let offset = 0; offset < info.size; offset += RANGE_BYTES) {
    const end = Math.min(offset + RANGE_BYTES, info.size) - 1;
    const range = { range: `bytes=${offset}-${end}`, "x-ms-range-get-content-md5": "true" };
    const held = { ...range, ...conditionHeaders({ ifMatch: etag }) };
    const request = { method: "GET", path: pathOf(target, key), query: versionQuery(version), headers: held };
    const { headers, body } = await target.client.send({ ...request, kind: "object", call });
    const bytes = await body.bytes(RANGE_BYTES);
    if (headers.get("content-md5") !== await md5Of(bytes)) return false;
    sum.update(bytes);
  }
  return sum.toBase64() !== checksums.crc32c;
}

async function md5Of(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("md5").update(bytes).digest("base64");
}
