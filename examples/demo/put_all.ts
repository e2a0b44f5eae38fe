import { copyObject, UnsupportedError } from "@lade/core";
import type { Lade } from "@lade/lade";
import type { Group } from "./data_set.ts";
import { type Rate, rateOf } from "./rate.ts";

/** Puts the files of a group into a store, several at once. */
export async function putAll(lade: Lade, group: Group, to: string, signal: AbortSignal): Promise<Rate> {
  const source = await lade.locate("file:///");
  try {
    return await rateOf(group.size * group.files.length, async () => {
      const files = group.files.values();
      const lane = async () => {
        for (const file of files) {
          const target = await lade.locate(`${to}/${file.name}`);
          await copyObject(source.store, file.path.slice(1), target.store, target.key, { signal });
        }
      };
      await Promise.all([lane(), lane(), lane(), lane()]);
    });
  } catch (error) {
    if (error instanceof UnsupportedError) return "no O_DIRECT";
    throw error;
  }
}
