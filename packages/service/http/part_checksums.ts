import { checksumsOf, type CombinableName } from "@lade/codec/checksum";
import type { BulkCarrier } from "./transport.ts";

/**
 * The checksums of a part, in base64: of shared memory they are computed by a thread of `bulk`, which sends it too, of other
 * memory here. Names that take less time come last: they find the bytes in the core's own cache.
 */
export async function partChecksums<Name extends CombinableName>(
  bytes: Uint8Array,
  names: readonly Name[],
  bulk: BulkCarrier | undefined,
): Promise<Record<Name, string>> {
  if (bulk && bytes.buffer instanceof SharedArrayBuffer) {
    // A lane may break, and must not take the part with it.
    const sums = await bulk.digest(bytes, names)?.catch(() => undefined);
    if (sums) return sums as Record<Name, string>;
  }
  return checksumsOf(bytes, names);
}
