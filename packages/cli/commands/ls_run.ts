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
  const { output, signal } = context;
  const { store, key, uriOf } = place;
  const listing = { signal, order: "any", ...tellingLeftOut(context, place) } as const;
  const entries = recursive ? store.list(key, listing) : store.listWithDelimiter(key, listing);
  let any = false;
  for await (const entry of entries) {
    any = true;
    const entryKey = "prefix" in entry ? entry.prefix : entry.key;
    const entryUri = uriOf(entryKey);
    // The object of the prefix's very key has no name below it.
    const name = fullNames ? entryUri : entryKey.slice(key.length) || "./";
    await output.result(
      "prefix" in entry
        ? new PrefixMessage(entryUri, name)
        : new ObjectMessage(entryUri, name, entry, humanSizes),
    );
  }
  if (!any) await refuseMissing(place, "list");
}
