import type { GetTagsOptions, ObjectInfo } from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { StatMessage } from "../messages/stat_message.ts";
import { explainMissing } from "../places/explain_missing.ts";
import { refuseSeveral } from "../places/refuse_several.ts";
import { canBeObject, locate, type Place } from "../places/place.ts";
import { refusePrefix } from "../places/refuse_prefix.ts";
import type { RunCommand } from "../program/command.ts";
import type { StatOptions } from "./stat.ts";

/** Shows each object. */
export const runStat: RunCommand<StatOptions> = async (context, { uris, version }) => {
  refuseSeveral(uris, version);
  const { output, signal, fail } = context;
  const lade = await context.lade();
  for (const argument of uris) {
    try {
      const place = await locate(lade, argument);
      if (!canBeObject(place)) await refusePrefix(place, "stat", "use du or ls");
      const asked = { signal, ...(version !== undefined && { version }) };
      const info = await place.store.head(place.key, asked).catch(async (error) => {
        throw version !== undefined
          ? error
          : await explainMissing(error, { lade, place, operation: "stat", advice: "use du or ls", signal });
      });
      await output.result(new StatMessage(place.uri, info, await tagsOf(place, info, asked)));
    } catch (error) {
      await fail(error);
    }
  }
};

/** The tags of an object that has some; their number alone is known where they may not be read. */
async function tagsOf(
  { store, key }: Place,
  { tagCount = 0 }: ObjectInfo,
  asked: GetTagsOptions,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return tagCount > 0 ? await store.getTags?.(key, asked) : undefined;
  } catch (error) {
    if (error instanceof PermissionDeniedError) return undefined;
    throw error;
  }
}
