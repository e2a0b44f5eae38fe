import type { GetTagsOptions, ObjectInfo } from "@lade/core";
import { PermissionDeniedError, StoreError } from "@lade/core/errors";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { StatMessage } from "../messages/listing_messages.ts";
import { canBeObject, explainMissing, locate, type Place, refusePrefix } from "@lade/transfer/places";
import { refuseSeveral } from "../places/split_places.ts";
import { option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";
import { versionValue } from "../values/plain_values.ts";

const options = {
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Show this version of the one object, as ls --versions names it.",
  ),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "An object.", atLeastOne),
};

type StatOptions = ValuesOf<typeof options>;

/** `lade stat`. */
export const stat = defineCommand({
  name: "stat",
  brief: "Show everything known of objects",
  description: "Prints size, time, etag, checksums, attributes and metadata, as far as the store tells them.",
  usage: "URI...",
  examples: [["lade stat --json s3://bucket/model.bin", "prints one line of JSON"]],
  options,
  whenUnread: "ends",
  run: runStat,
});

/** Shows each object. */
async function runStat(context: CommandContext, { uris, version }: StatOptions): Promise<void> {
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
      // As the user called it.
      const isOfHead = error instanceof StoreError && error.operation === "head";
      await fail(isOfHead ? error.restated({ operation: "stat" }) : error);
    }
  }
}

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
