import type { PutResult, WriteSink } from "@lade/core/backend";
import { faultOf } from "@lade/service/errors";

/** Bytes of one Put Blob at most. */
const MOST = 5000 * 2 ** 20;
/** What the service says where other writers had a say about the blocks of the key. */
const DISTURBED = ["InvalidBlockList", "InvalidBlobOrBlock", "BlockCountExceedsLimit"];

/**
 * Writes a blob that is all in memory. Where another writer of the key has dropped its blocks, or those of another program, or
 * too many, are in their way, it goes in one request, however large, which nobody can disturb.
 */
export async function putBlob(
  bytes: Uint8Array,
  bySink: (own?: Partial<WriteSink>) => Promise<PutResult>,
): Promise<PutResult> {
  try {
    return await bySink();
  } catch (error) {
    const isDisturbed = DISTURBED.includes(faultOf(error)?.code ?? "");
    if (!isDisturbed || bytes.length > MOST) throw error;
    return await bySink({ wholeUpTo: MOST });
  }
}
