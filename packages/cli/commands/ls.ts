import type { CommonPrefix, ObjectMeta } from "@lade/core";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { ContainerMessage, ObjectMessage, PrefixMessage } from "../messages/listing_messages.ts";
import {
  classifyPlace,
  isThere,
  nameOf,
  type Place,
  refuseMissing,
  uriOfArgument,
} from "@lade/transfer/places";
import type { ObjectFilter } from "@lade/transfer/filter";
import { UsageError } from "../command/usage_error.ts";
import { chooseBelow, nothingMatches, objectsBelow } from "../transfer/choose_below.ts";
import { filterOf, filterOptions, globOptions, isFiltered, NEEDS_MANY } from "../transfer/filter_options.ts";
import { tellingLeftOut, tellUnlisted } from "../places/tell_left_out.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { showListing } from "./show_listing.ts";

const options = {
  recursive: flag(["-r", "--recursive"], "List every level instead of one."),
  versions: flag(
    ["--versions"],
    "List every version and delete marker, the newest of a name first, with the ID that --version takes.",
  ),
  ...filterOptions,
  ...globOptions,
  humanSizes: flag(["-H", "--human-readable"], "Print sizes as 1.50 MiB instead of in bytes."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object, a prefix, a container, or a scheme or account such as s3://, gs:// or az://HOST, whose containers are listed; \
the working directory by default.",
  ),
};

type LsOptions = ValuesOf<typeof options>;

/** `lade ls`. */
export const ls = defineCommand({
  name: "ls",
  brief: "List objects",
  description:
    "Prints time, size and name of each object, and PRE for each prefix. Names are relative to what \
is listed. A URI without a final slash names an object, or the prefix of that name; it is never a pattern.",
  usage: "[URI...]",
  examples: [
    ["lade ls", "lists the working directory"],
    ["lade ls -r -H s3://bucket/data/", "lists everything under data/, sizes for people"],
    ["lade ls --project ID gs://", "lists the buckets of a project"],
    ["lade ls --versions s3://bucket/model.bin", "lists the versions of an object"],
  ],
  options,
  whenUnread: "ends",
  run: runLs,
});

/** Lists each place; with several, names are whole URIs. */
async function runLs(context: CommandContext, options: LsOptions): Promise<void> {
  refuseMistakes(options);
  const places = options.uris.length > 0 ? options.uris : ["."];
  const filter = await filterOf(context, options, places);
  for (const argument of places) {
    try {
      const uri = uriOfArgument(argument);
      if (await (await context.lade()).holdsContainers(uri)) await listContainers(context, uri);
      else await listPlace(context, options, argument, places.length > 1, filter);
    } catch (error) {
      await context.fail(error);
    }
  }
}

function refuseMistakes(options: LsOptions): void {
  const { glob, recursive, versions } = options;
  const isChosen = isFiltered(options);
  if (isChosen && !recursive && !glob) throw new UsageError(NEEDS_MANY);
  if (versions && (isChosen || glob)) {
    throw new UsageError(
      "Versions are listed by their names alone: filters and --glob choose among objects.",
    );
  }
}

async function listContainers({ output, signal, lade }: CommandContext, uri: string): Promise<void> {
  for await (const container of (await lade()).listContainers(uri, { signal })) {
    await output.result(new ContainerMessage(container));
  }
}

async function listPlace(
  context: CommandContext,
  options: LsOptions,
  argument: string,
  fullNames: boolean,
  given: ObjectFilter | undefined,
): Promise<void> {
  const { output, signal } = context;
  const lade = await context.lade();
  const { glob } = options;
  const { place, filter, pattern } = await chooseBelow(context, argument, { glob, filter: given });
  if (options.versions) {
    const { listVersionsAt } = await import("./list_versions.ts");
    return await listVersionsAt(context, options, place, fullNames);
  }
  const { object, prefix, unlisted } = await classifyPlace(lade, place, "list", signal);
  if (unlisted) await tellUnlisted(context, place, unlisted);
  const below = { ...options, recursive: options.recursive || pattern !== undefined, filter, pattern };
  if (!object) return prefix && await listPrefix(context, below, prefix, fullNames);
  if (filter && !filter(object, nameOf(place))) return;
  const name = fullNames ? place.uri : nameOf(place);
  await output.result(new ObjectMessage(place.uri, name, object, options.humanSizes));
  if (prefix) await output.result(new PrefixMessage(prefix.uri, `${name}/`));
}

/** How a prefix is listed. */
interface LevelOptions {
  readonly recursive: boolean;
  readonly humanSizes: boolean;
  readonly filter: ObjectFilter | undefined;
  readonly pattern: string | undefined;
}

async function listPrefix(
  context: CommandContext,
  { recursive, humanSizes, filter, pattern }: LevelOptions,
  place: Place,
  fullNames: boolean,
): Promise<void> {
  const { store, key } = place;
  const listing = { signal: context.signal, order: "any", ...tellingLeftOut(context, place) } as const;
  const entries: AsyncIterable<ObjectMeta | CommonPrefix> = recursive
    ? objectsBelow(context, place, filter, "any")
    : store.listWithDelimiter(key, listing);
  const any = await showListing(
    context,
    place,
    entries,
    fullNames,
    (uri, name, meta) => new ObjectMessage(uri, name, meta, humanSizes),
  );
  if (any) return;
  if (pattern !== undefined) throw nothingMatches("list", pattern);
  if (!(filter && await isThere(place, context.signal))) await refuseMissing(place, "list");
}
