import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageMessage } from "../messages/listing_messages.ts";
import type { ObjectFilter } from "@lade/transfer/filter";
import { classifyPlace, isThere, nameOf, type Place, refuseMissing } from "@lade/transfer/places";
import { chooseBelow, nothingMatches, objectsBelow } from "../transfer/choose_below.ts";
import { filterOf, filterOptions, globOptions } from "../transfer/filter_options.ts";
import { tellUnlisted } from "../places/tell_left_out.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { integerValue } from "../values/plain_values.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  ...filterOptions,
  ...globOptions,
  humanSizes: flag(["-H", "--human-readable"], "Print sizes as 1.50 MiB instead of in bytes."),
  maxDepth: option(
    ["-d", "--max-depth"],
    integerValue({ metavar: "N", least: 0 }),
    0,
    "Sum up also the prefixes down to N levels below; 0 by default.",
  ),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A prefix, a container or an object; the working directory by default.",
  ),
};

type DuOptions = ValuesOf<typeof options>;

/** `lade du`. */
export const du = defineCommand({
  name: "du",
  brief: "Sum up sizes",
  description: "Prints for each URI the bytes and the number of its objects.",
  usage: "[URI...]",
  examples: [["lade du -H -d 1 s3://bucket/data/", "sums up data/ and each prefix in it"]],
  options,
  whenUnread: "ends",
  run: runDu,
});

interface Level {
  readonly prefix: string;
  size: number;
  objects: number;
}

/** Sums up each place. */
async function runDu(context: CommandContext, options: DuOptions): Promise<void> {
  const places = options.uris.length > 0 ? options.uris : ["."];
  const given = await filterOf(context, options, places);
  for (const argument of places) {
    try {
      const lade = await context.lade();
      const { glob } = options;
      const { place, filter, pattern } = await chooseBelow(context, argument, { glob, filter: given });
      const { object, prefix, unlisted } = await classifyPlace(lade, place, "sum up", context.signal);
      if (unlisted) await tellUnlisted(context, place, unlisted);
      if (object && (filter?.(object, nameOf(place)) ?? true)) {
        const usage = { uri: place.uri, size: object.size, objects: 1 };
        await context.output.result(new UsageMessage(usage, options.humanSizes));
      }
      if (prefix) await sumPrefix(context, options, { place: prefix, filter, pattern });
    } catch (error) {
      await context.fail(error);
    }
  }
}

/**
 * Sums up a prefix and the levels below it in one pass: all keys of a prefix follow one another in a listing, so
 * that only the levels from the first to the present one are held.
 */
async function sumPrefix(
  context: CommandContext,
  { maxDepth, humanSizes }: DuOptions,
  { place, filter, pattern }: {
    readonly place: Place;
    readonly filter: ObjectFilter | undefined;
    readonly pattern: string | undefined;
  },
): Promise<void> {
  const { output, signal } = context;
  const { key, uriOf } = place;
  const root: Level = { prefix: key, size: 0, objects: 0 };
  const open = [root];
  const close = async () => {
    const level = open.pop();
    if (!level) return;
    const parent = open.at(-1);
    if (parent) {
      parent.size += level.size;
      parent.objects += level.objects;
    }
    const { size, objects, prefix } = level;
    await output.result(new UsageMessage({ uri: uriOf(prefix), size, objects }, humanSizes));
  };
  // One sum needs no order; the levels below come one after the other only in that of the keys.
  const order = maxDepth === 0 ? "any" : "key";
  for await (const object of objectsBelow(context, place, filter, order)) {
    while (open.length > 1 && !object.key.startsWith(open.at(-1)?.prefix ?? "")) await close();
    while (open.length <= maxDepth) {
      const start = open.at(-1)?.prefix.length ?? key.length;
      const end = object.key.indexOf("/", start);
      if (end < 0) break;
      open.push({ prefix: object.key.slice(0, end + 1), size: 0, objects: 0 });
    }
    const level = open.at(-1) ?? root;
    level.size += object.size;
    level.objects++;
  }
  while (open.length > 1) await close();
  if (root.objects === 0) {
    if (pattern !== undefined) throw nothingMatches("sum up", pattern);
    if (!(filter && await isThere(place, signal))) await refuseMissing(place, "sum up");
  }
  await close();
}
