import type { CommonPrefix } from "@lade/core";
import type { Message } from "../output/message.ts";
import { PrefixMessage } from "../messages/listing_messages.ts";
import type { Place } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";

/**
 * Shows what is listed below a place, what is folded as prefixes and the rest as `messageOf` puts it, by names relative
 * to the place or by whole URIs. Returns whether there was anything.
 */
export async function showListing<Entry extends { readonly key: string }>(
  { output }: CommandContext,
  { key, uriOf }: Place,
  entries: AsyncIterable<Entry | CommonPrefix>,
  fullNames: boolean,
  messageOf: (uri: string, name: string, entry: Entry) => Message,
): Promise<boolean> {
  let any = false;
  for await (const entry of entries) {
    any = true;
    const shown = "prefix" in entry ? entry.prefix : entry.key;
    const uri = uriOf(shown);
    // The object of the prefix's very key has no name below it.
    const name = fullNames ? uri : shown.slice(key.length) || "./";
    await output.result("prefix" in entry ? new PrefixMessage(uri, name) : messageOf(uri, name, entry));
  }
  return any;
}
