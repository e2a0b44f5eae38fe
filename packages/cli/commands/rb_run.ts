import { OperationMessage } from "../messages/operation_message.ts";
import { uriOfArgument } from "../places/place.ts";
import { removalAdvice } from "../places/removal_advice.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { RbOptions } from "./rb.ts";

/** Removes each container, with all that lies in it where the user says so. */
export const runRb: RunCommand<RbOptions> = async (context, { uris, force, dryRun }) => {
  for (const argument of uris) {
    try {
      await removeContainer(context, argument, force, dryRun);
    } catch (error) {
      await context.fail(error);
    }
  }
};

async function removeContainer(
  context: CommandContext,
  argument: string,
  force: boolean,
  dryRun: boolean,
): Promise<void> {
  const { name, output, signal } = context;
  const lade = await context.lade();
  const uri = uriOfArgument(argument);
  const removal = await lade.settleContainer({ uri, force, advice: removalAdvice, signal });
  for await (const removed of dryRun ? removal.preview() : removal.run()) {
    if (removed.error) await context.fail(removed.error);
    else {
      const operation = removed.uri === removal.uri ? name : "rm";
      await output.done(new OperationMessage({ operation, destination: removed.uri, dryRun }));
    }
  }
}
