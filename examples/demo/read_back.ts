import { crc32c, readInto, UnsupportedError } from "@lade/core";
import type { Lade } from "@lade/lade";
import type { Group } from "./data_set.ts";
import { type Rate, rateOf } from "./rate.ts";

/** Reads the objects of a group into reused buffers, several small ones at once, then verifies each of them. */
export async function readBack(lade: Lade, group: Group, from: string, signal: AbortSignal): Promise<Rate> {
  const { store, key: root } = await lade.locate(`${from}/`);
  const { buffers } = lade.context;
  try {
    let verifyingMs = 0;
    const bytes = group.size * group.files.length;
    const start = performance.now();
    await rateOf(bytes, async () => {
      const files = group.files.values();
      const lane = async () => {
        using slab = buffers.lease(group.size);
        const target = slab.bytes.subarray(0, group.size);
        for (const file of files) {
          await readInto(store, root + file.name, target, { signal });
          const before = performance.now();
          if (crc32c(target) !== file.crc32c) {
            throw new Error(`Cannot verify ${from}/${file.name}: wrong bytes`);
          }
          verifyingMs += performance.now() - before;
        }
      };
      await Promise.all(group.files.length === 1 ? [lane()] : [lane(), lane(), lane(), lane()]);
    });
    return bytes / ((performance.now() - start - verifyingMs) / 1000);
  } catch (error) {
    if (error instanceof UnsupportedError) return "no O_DIRECT";
    throw error;
  }
}
