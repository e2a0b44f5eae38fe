import { ChecksumMismatchError, type KeyCall, type PutResult } from "@lade/core/backend";
import type { GcsTarget } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";
import { headObject } from "../objects/read_object.ts";

/** What was written. */
export interface WrittenBytes {
  /** Bytes of the object. */
  readonly size: number;
  /** Their CRC-32C in base64, where it is known. */
  readonly sum?: string | undefined;
  /** When the write began, in milliseconds since 1970; absent where what was made stays, whatever it is. */
  readonly begunMs?: number;
}

/** How far the clocks of both sides may be apart. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * Holds what is stored against what was sent, and asks for its checksum where the answer has none. Another object is removed
 * again, since it was never what the caller wrote; one that is older than the write is somebody else's, which an answer of
 * somebody else's describes.
 */
export async function checkWritten(
  target: GcsTarget,
  key: string,
  receipt: PutResult,
  { size, sum, begunMs }: WrittenBytes,
  call: KeyCall,
): Promise<PutResult> {
  const { version } = receipt;
  const told = receipt.checksums?.crc32c;
  const isAsked = sum !== undefined && told === undefined && version !== undefined;
  const there = isAsked
    ? await headObject(target, key, { version }, { ...call, step: "look at" }).catch(() => undefined)
    : undefined;
  const stored = told ?? there?.checksums?.crc32c ?? sum;
  if (receipt.size === size && stored === (sum ?? stored)) return receipt;
  if (begunMs !== undefined) await removeWritten(target, key, version, begunMs, call);
  const detail = `the service stored ${receipt.size} bytes with CRC-32C ${stored}, ${size} with ${
    sum ?? stored
  } were sent`;
  throw new ChecksumMismatchError({ ...call, detail, retryable: true });
}

/**
 * Removes one version that must not stay, as far as that is possible; any other one stays, and one that was there when the
 * write began: generations are the microseconds since 1970 at which they were made.
 */
export async function removeWritten(
  target: GcsTarget,
  key: string,
  version: string | undefined,
  begunMs: number,
  call: KeyCall,
): Promise<void> {
  if (version === undefined || Number(version) / 1000 < begunMs - MAX_SKEW_MS) return;
  await deleteObject(target, key, { version }, call).catch(() => {});
}
