import { ChecksumMismatchError, type KeyCall, type PutResult } from "@lade/core/backend";
import type { GcsTarget } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";

/** What was written. */
export interface WrittenBytes {
  /** Bytes of the object. */
  readonly size: number;
  /** Their CRC-32C in base64, where it is known. */
  readonly sum?: string | undefined;
  /** Whether it stays, whatever it is: what it was made of may be nowhere else. */
  readonly stays?: boolean;
}

/**
 * Holds what is stored against what was sent. Another object is removed again, unless it is to stay: it was never what the
 * caller wrote.
 */
export async function checkWritten(
  target: GcsTarget,
  key: string,
  receipt: PutResult,
  { size, sum, stays = false }: WrittenBytes,
  call: KeyCall,
): Promise<PutResult> {
  const { checksums: { crc32c: stored = sum } = {}, version } = receipt;
  if (receipt.size === size && stored === (sum ?? stored)) return receipt;
  if (!stays) await removeWritten(target, key, version, call);
  const detail = `the service stored ${receipt.size} bytes with CRC-32C ${stored}, ${size} with ${
    sum ?? stored
  } were sent`;
  throw new ChecksumMismatchError({ ...call, detail, retryable: true });
}

/** Removes one version that must not stay, as far as that is possible; any other one stays. */
export async function removeWritten(
  target: GcsTarget,
  key: string,
  version: string | undefined,
  call: KeyCall,
): Promise<void> {
  if (version === undefined) return;
  await deleteObject(target, key, { version, ifMatch: version }, call).catch(() => {});
}
