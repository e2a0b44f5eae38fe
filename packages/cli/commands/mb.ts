import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { OperationMessage } from "../messages/transfer_messages.ts";
import { localPathOf, uriOfArgument } from "@lade/transfer/places";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  dryRun: flag(["--dry-run"], "Print what would be made, and make nothing."),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "A container.", atLeastOne),
};

type MbOptions = ValuesOf<typeof options>;

/** `lade mb`. */
export const mb = defineCommand({
  name: "mb",
  brief: "Make containers",
  description: "Makes containers: buckets, or directories of a local store.",
  usage: "URI...",
  examples: [
    ["lade mb s3://new-bucket", "makes a bucket"],
    ["lade mb --project ID --config gs.location=EU gs://new-bucket", "makes one of a project, in the EU"],
  ],
  options,
  whenUnread: "goes on",
  run: runMb,
});

/** Makes each container. */
async function runMb(
  { name, lade, output, signal, fail }: CommandContext,
  { uris, dryRun }: MbOptions,
): Promise<void> {
  for (const argument of uris) {
    try {
      const named = containerUri(argument);
      const uri = await (await lade()).uriOf(named);
      if (!dryRun) await (await lade()).createContainer(named, { signal });
      await output.done(new OperationMessage({ operation: name, destination: uri, dryRun }));
    } catch (error) {
      await fail(error);
    }
  }
}

/** A directory is a container by the slash at its end. */
function containerUri(argument: string): string {
  const uri = uriOfArgument(argument);
  return localPathOf(uri) === undefined || uri.endsWith("/") ? uri : `${uri}/`;
}
