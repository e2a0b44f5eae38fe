import type { CommonPrefix, ObjectVersion } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { listVersions, listVersionsOf, listVersionsWithDelimiter } from "@lade/core/operations";
import { PrefixMessage, VersionMessage } from "../messages/listing_messages.ts";
import { isPrefix, locatePrefix, nameOf, type Place } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { showListing } from "./show_listing.ts";

/** How versions are shown. */
interface VersionListing {
  readonly recursive: boolean;
  readonly humanSizes: boolean;
}

/**
 * Lists the versions of the object of a place, and those of everything under the prefix of that name: one level of it,
 * with what lies deeper folded, or with `-r` all. Nothing at all is a `NotFoundError`.
 */
export async function listVersionsAt(
  context: CommandContext,
  options: VersionListing,
  place: Place,
  fullNames: boolean,
): Promise<void> {
  const { output, signal } = context;
  const { store, key, uri } = place;
  let any = false;
  if (key !== "" && !isPrefix(place)) {
    const name = fullNames ? uri : nameOf(place);
    for await (const version of listVersionsOf(store, key, { signal })) {
      any = true;
      await output.result(new VersionMessage(uri, name, version, options.humanSizes));
    }
  }
  const prefix = await locatePrefix(await context.lade(), place);
  const isFolded = any && !options.recursive;
  const below = isFolded
    ? await showFolded(context, prefix, fullNames ? prefix.uri : nameOf(prefix))
    : await showBelow(context, options, prefix, fullNames);
  if (!any && !below && key !== "") {
    throw new NotFoundError({ operation: "list the versions of", uri, detail: "no such object or prefix" });
  }
}

/** Shows one line for a prefix with any versions, and returns whether there are some. */
async function showFolded({ output, signal }: CommandContext, prefix: Place, name: string): Promise<boolean> {
  for await (const _ of listVersions(prefix.store, prefix.key, { signal })) {
    await output.result(new PrefixMessage(prefix.uri, name));
    return true;
  }
  return false;
}

/** Shows the versions under a prefix, and returns whether there are any. */
function showBelow(
  context: CommandContext,
  { recursive, humanSizes }: VersionListing,
  prefix: Place,
  fullNames: boolean,
): Promise<boolean> {
  const { signal } = context;
  const list = recursive ? listVersions : listVersionsWithDelimiter;
  const entries: AsyncIterable<ObjectVersion | CommonPrefix> = list(prefix.store, prefix.key, { signal });
  return showListing(
    context,
    prefix,
    entries,
    fullNames,
    (uri, name, version) => new VersionMessage(uri, name, version, humanSizes),
  );
}
