import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { OperationMessage } from "../messages/transfer_messages.ts";
import { uriOfArgument } from "@lade/transfer/places";
import { removalAdvice } from "../places/removal_advice.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  force: flag(["-f", "--force"], "Remove every object in it first."),
  versions: flag(["--versions"], "With -f: remove all versions and delete markers in it, too."),
  dryRun: flag(["--dry-run"], "Print what would be removed, and remove nothing."),
  uris: restOfArguments(placeValue({ metavar: "URI", dash: false }), "A container.", atLeastOne),
};

type RbOptions = ValuesOf<typeof options>;

/** `lade rb`. */
export const rb = defineCommand({
  name: "rb",
  brief: "Remove containers",
  description: "Removes containers. One that holds objects is left alone, unless -f says to empty it first.",
  usage: "URI...",
  examples: [
    ["lade rb s3://old-bucket", "removes an empty bucket"],
    ["lade rb -f --versions s3://old-bucket", "removes a bucket with all it ever kept"],
  ],
  options,
  whenUnread: "goes on",
  check: refuseMistakes,
  run: runRb,
});

function refuseMistakes({ force, versions }: RbOptions): void {
  if (versions && !force) throw new UsageError("--versions goes with -f.");
}

/** Removes each container, with all that lies in it where the user says so. */
async function runRb(context: CommandContext, options: RbOptions): Promise<void> {
  for (const argument of options.uris) {
    try {
      await removeContainer(context, argument, options);
    } catch (error) {
      await context.fail(error);
    }
  }
}

async function removeContainer(
  context: CommandContext,
  argument: string,
  { force, versions, dryRun }: RbOptions,
): Promise<void> {
  const { name, output, signal } = context;
  const lade = await context.lade();
  const uri = uriOfArgument(argument);
  const removal = await lade.settleContainer({ uri, force, versions, advice: removalAdvice, signal });
  for await (const removed of dryRun ? removal.preview() : removal.run()) {
    if (removed.error) await context.fail(removed.error);
    else {
      const operation = removed.uri === removal.uri ? name : "rm";
      const { uri: destination, version } = removed;
      const told = { operation, destination, ...(version !== undefined && { version }), dryRun };
      await output.done(new OperationMessage(told));
    }
  }
}
