import { OperationMessage } from "../messages/operation_message.ts";
import { uriOfArgument } from "../places/place.ts";
import { removalAdvice } from "../places/removal_advice.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import { UsageError } from "../program/usage_error.ts";
import type { RbOptions } from "./rb.ts";

/** Removes each container, with all that lies in it where the user says so. */
export const runRb: RunCommand<RbOptions> = async (context, options) => {
  const { force, uris, versions } = options;
  if (versions && !force) throw new UsageError("--versions goes with -f.");
  for (const argument of uris) {
    try {
      await removeContainer(context, argument, options);
    } catch (error) {
      await context.fail(error);
    }
  }
};

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
