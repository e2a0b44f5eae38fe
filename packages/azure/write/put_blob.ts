import { putBySink, type PutResult, StoreError, type WriteInPartsSetup } from "@lade/core/backend";
import { ServiceFault } from "@lade/service/errors";

/** Bytes of one Put Blob at most. */
const MOST = 5000 * 2 ** 20;
/** What the service says where other writers had a say about the blocks of the key. */
const DISTURBED = ["InvalidBlockList", "InvalidBlobOrBlock"];

/**
 * Writes a blob that is all in memory. Where another writer of the key has dropped its blocks, or those of another program are in
 * their way, it goes in one request, however large, which nobody can disturb.
 */
export async function putBlob(
  makeSetup: () => Omit<WriteInPartsSetup, "size">,
  bytes: Uint8Array,
): Promise<PutResult> {
  try {
    return await putBySink(makeSetup(), bytes);
  } catch (error) {
    const fault = error instanceof StoreError ? error.cause : undefined;
    const isDisturbed = fault instanceof ServiceFault && DISTURBED.includes(fault.code);
    if (!isDisturbed || bytes.length > MOST) throw error;
    const { sink, ...setup } = makeSetup();
    return await putBySink({ ...setup, sink: { ...sink, wholeUpTo: MOST } }, bytes);
  }
}
