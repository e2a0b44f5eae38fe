import { combineCrc32c, crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import type { ObjectInfo } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { conditionHeaders } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { readBlockId } from "../blocks/block_id.ts";
import { readBlockList } from "../blocks/block_list.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { versionQuery } from "../client/version_query.ts";

/** The service tells the MD5 of ranges of so many bytes at most. */
const RANGE_BYTES = 2 ** 22;
const RANGES_IN_FLIGHT = 8;

/** Bytes by their checksum. */
interface Piece {
  readonly crc32c: number;
  readonly size: number;
}

/**
 * Whether the checksum that is kept with a blob is of another one: a program that replaced the blob took its metadata over,
 * or a copy did, of a blob that was replaced so. Blocks that were written with the checksum are named by their own ones. Any
 * other blob is read once more, and has other bytes where the service vouches for them by their MD5.
 */
export async function hasStaleChecksums(
  target: AzureTarget,
  { key, etag, size, checksums }: ObjectInfo,
  call: FailedCall,
  version?: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const kept = checksums?.crc32c;
  if (etag === undefined || kept === undefined) return false;
  const which = { ...version !== undefined && { version }, ...signal && { signal } };
  const blocks = (await readBlockList(target, key, "committed", call, which)).map(({ id, size }) => {
    const named = readBlockId(id);
    return named?.kind === "part" ? { crc32c: named.crc32c, size } : undefined;
  });
  if (blocks.length > 0 && blocks.every((block) => block !== undefined) && sumOf(blocks) === kept) {
    return false;
  }
  const pieces: Piece[] = [];
  const readRange = async (at: number, stop: AbortSignal) => {
    const offset = at * RANGE_BYTES;
    const range = `bytes=${offset}-${Math.min(offset + RANGE_BYTES, size) - 1}`;
    const { headers, body } = await target.client.send({
      method: "GET",
      path: pathOf(target, key),
      query: versionQuery(version),
      headers: { range, "x-ms-range-get-content-md5": "true", ...conditionHeaders({ ifMatch: etag }) },
      kind: "object",
      signal: stop,
      call,
    });
    const bytes = await body.bytes(RANGE_BYTES);
    if (headers.get("content-md5") !== await md5Of(bytes)) throw new Error("nobody vouches for the bytes");
    pieces[at] = { crc32c: crc32c(bytes), size: bytes.length };
  };
  const count = Math.ceil(size / RANGE_BYTES);
  await inParallel(Array(count).keys(), RANGES_IN_FLIGHT, readRange, signal);
  return sumOf(pieces) !== kept;
}

function sumOf(pieces: readonly Piece[]): string {
  return crc32cToBase64(pieces.reduce((sum, { crc32c, size }) => combineCrc32c(sum, crc32c, size), 0));
}

async function md5Of(bytes: Uint8Array): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("md5").update(bytes).digest("base64");
}
