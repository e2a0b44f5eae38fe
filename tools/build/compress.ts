import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** Bytes that are compressed as one; what comes out is such members one behind the other. */
const MEMBER_BYTES = 8 * 2 ** 20;

/** Compresses bytes for `gzip -d`, by several threads. `level` is from 1 to 9. */
export async function compress(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> {
  const member = promisify(gzip) as (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array>;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MEMBER_BYTES) pieces.push(bytes.subarray(at, at + MEMBER_BYTES));
  const members = await Promise.all(pieces.map((piece) => member(piece, { level })));
  return new Uint8Array(await new Blob(members as BlobPart[]).arrayBuffer());
}
