import type { ObjectMeta } from "@lade/core";
import type { ObjectFilter } from "@lade/transfer/filter";
import { classifyPlace, isThere, nameOf, type Place, refuseMissing } from "@lade/transfer/places";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { FoundMessage } from "../messages/listing_messages.ts";
import { chooseBelow, nothingMatches, objectsBelow } from "../transfer/choose_below.ts";
import { tellingLeftOut, tellUnlisted } from "../places/tell_left_out.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { filterOf, filterOptions, globOptions } from "../transfer/filter_options.ts";
import { placeValue } from "../values/place_value.ts";
import { integerValue } from "../values/plain_values.ts";

const options = {
  ...filterOptions,
  ...globOptions,
  maxDepth: option(
    ["-d", "--max-depth"],
    integerValue({ metavar: "N", least: 1 }),
    undefined,
    "Look N levels deep: 1 for what lies right below. Deeper levels are not listed.",
  ),
  names: flag(["--names"], "Print names below the URI instead, as --files-from takes them."),
  print0: flag(["--print0"], "End each in a NUL instead of a line feed, as --from0 and xargs -0 take them."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "A prefix, a container or an object; the working directory by default.",
  ),
};

type FindOptions = ValuesOf<typeof options>;

/** `lade find`. */
export const find = defineCommand({
  name: "find",
  brief: "Print URIs of objects",
  description:
    "Prints the URI of each object under a prefix that the filters choose, one a line. A name that holds \
a line feed or another control character is shown escaped; with --print0 and --json it is exact.",
  usage: "[URI...]",
  examples: [
    ['lade find --include "*.gz" --min-size 1G s3://bucket/logs/', "prints large files of that ending"],
    ["lade find --max-age 1d --names --print0 s3://bucket/in/", "prints names for --files-from - --from0"],
  ],
  options,
  whenUnread: "ends",
  run: runFind,
});

/** Prints what is found below each place. */
async function runFind(context: CommandContext, options: FindOptions): Promise<void> {
  const places = options.uris.length > 0 ? options.uris : ["."];
  const filter = await filterOf(context, options, places);
  for (const argument of places) {
    try {
      await findBelow(context, options, argument, filter);
    } catch (error) {
      await context.fail(error);
    }
  }
}

async function findBelow(
  context: CommandContext,
  options: FindOptions,
  argument: string,
  given: ObjectFilter | undefined,
): Promise<void> {
  const { signal } = context;
  const { glob, maxDepth } = options;
  const { place, filter, pattern } = await chooseBelow(context, argument, { glob, filter: given });
  const { object, prefix, unlisted } = await classifyPlace(await context.lade(), place, "find", signal);
  if (unlisted) await tellUnlisted(context, place, unlisted);
  if (object && (filter?.(object, nameOf(place)) ?? true)) {
    await print(context, options, place, nameOf(place), object);
  }
  if (!prefix) return;
  let isEmpty = true;
  const byLevel = maxDepth !== undefined && filter?.names === undefined;
  const found = byLevel
    ? levelsBelow(context, prefix, prefix.key, maxDepth)
    : objectsBelow(context, prefix, filter, "any");
  for await (const meta of found) {
    const name = meta.key.slice(prefix.key.length);
    const fits = byLevel ? filter?.(meta, name) ?? true : depthOf(name) <= (maxDepth ?? Infinity);
    if (!fits) continue;
    isEmpty = false;
    await print(context, options, prefix, name, meta);
  }
  if (!isEmpty) return;
  if (pattern !== undefined) throw nothingMatches("find", pattern);
  if (!(filter && await isThere(prefix, signal))) await refuseMissing(prefix, "find");
}

/** The objects of a prefix and of the levels below it, so many in all, of which one listing each is open. */
async function* levelsBelow(
  context: CommandContext,
  place: Place,
  prefix: string,
  levels: number,
): AsyncGenerator<ObjectMeta> {
  const listing = { signal: context.signal, order: "any", ...tellingLeftOut(context, place) } as const;
  for await (const entry of place.store.listWithDelimiter(prefix, listing)) {
    if (!("prefix" in entry)) yield entry;
    else if (levels > 1) yield* levelsBelow(context, place, entry.prefix, levels - 1);
  }
}

/** How many levels below the prefix a name lies: 1 for right below. */
function depthOf(name: string): number {
  return name.replace(/\/$/, "").split("/").length;
}

async function print(
  { output, settings }: CommandContext,
  { names, print0 }: FindOptions,
  { key, uriOf }: Place,
  name: string,
  meta: ObjectMeta,
): Promise<void> {
  const uri = uriOf(meta.key);
  const shown = names ? name || meta.key.slice(key.length) : uri;
  if (!print0 || settings.json) return await output.result(new FoundMessage(uri, shown, meta));
  output.rawResults = true;
  await output.bytes(new TextEncoder().encode(`${shown}\0`));
}
