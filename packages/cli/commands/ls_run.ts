import type { CommonPrefix, ObjectMeta } from "@lade/core";
import { ContainerMessage } from "../messages/container_message.ts";
import { ObjectMessage } from "../messages/object_message.ts";
import { PrefixMessage } from "../messages/prefix_message.ts";
import { look } from "../places/look.ts";
import { locate, nameOf, type Place, uriOfArgument } from "../places/place.ts";
import { refuseMissing } from "../places/refuse_missing.ts";
import { tellUnlisted } from "../places/tell_unlisted.ts";
import { tellingLeftOut } from "../places/telling_left_out.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { LsOptions } from "./ls.ts";
import { showListing } from "./show_listing.ts";

/** Lists each place; with several, names are whole URIs. */
export const runLs: RunCommand<LsOptions> = async (context, options) => {
  const places = options.uris.length > 0 ? options.uris : ["."];
  for (const argument of places) {
    try {
      const uri = uriOfArgument(argument);
      if (/^[^:]+:\/\/$/.test(uri)) await listContainers(context, uri);
      else await listPlace(context, options, argument, places.length > 1);
    } catch (error) {
      await context.fail(error);
    }
  }
};

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
): Promise<void> {
  const { output, signal } = context;
  const lade = await context.lade();
  const place = await locate(lade, argument);
  if (options.versions) {
    const { listVersionsAt } = await import("./list_versions.ts");
    return await listVersionsAt(context, options, place, fullNames);
  }
  const { object, prefix, unlisted } = await look(lade, place, "list", signal);
  if (unlisted) await tellUnlisted(context, place, unlisted);
  if (!object) return prefix && await listPrefix(context, options, prefix, fullNames);
  const name = fullNames ? place.uri : nameOf(place);
  await output.result(new ObjectMessage(place.uri, name, object, options.humanSizes));
  if (prefix) await output.result(new PrefixMessage(prefix.uri, `${name}/`));
}

async function listPrefix(
  context: CommandContext,
  { recursive, humanSizes }: LsOptions,
  place: Place,
  fullNames: boolean,
): Promise<void> {
  const { store, key } = place;
  const listing = { signal: context.signal, order: "any", ...tellingLeftOut(context, place) } as const;
  const entries: AsyncIterable<ObjectMeta | CommonPrefix> = recursive
    ? store.list(key, listing)
    : store.listWithDelimiter(key, listing);
  const any = await showListing(
    context,
    place,
    entries,
    fullNames,
    (uri, name, meta) => new ObjectMessage(uri, name, meta, humanSizes),
  );
  if (!any) await refuseMissing(place, "list");
}
