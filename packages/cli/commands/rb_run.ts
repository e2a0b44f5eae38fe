import { deletePrefix, InvalidNameError, NotEmptyError } from "@lade/core";
import { OperationMessage } from "../messages/operation_message.ts";
import { localPathOf, locate, locatePrefix, type Place, uriOfArgument } from "../places/place.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { RbOptions } from "./rb.ts";

/** Removes each container, with its objects where the user says so. */
export const runRb: RunCommand<RbOptions> = async (context, { uris, force, dryRun }) => {
  for (const argument of uris) {
    try {
      const uri = uriOfArgument(argument);
      const place = await locatePrefix(await context.lade(), await locate(await context.lade(), uri));
      if (localPathOf(place.uri) === "/") {
        throw new InvalidNameError({ operation: "remove", uri, detail: "the root directory is not removed" });
      }
      if (force && !await empty(context, place, dryRun)) continue;
      if (!force && dryRun) await refuseFull(context, place);
      if (!dryRun) await (await context.lade()).deleteContainer(uri, { signal: context.signal });
      await context.output.done(
        new OperationMessage({ operation: context.name, destination: uri, dryRun }),
      );
    } catch (error) {
      await context.fail(error);
    }
  }
};

/** Removes every object of a container, and tells whether none is left. */
async function empty(context: CommandContext, { store, uriOf }: Place, dryRun: boolean): Promise<boolean> {
  const { output, signal } = context;
  const removed = (key: string) =>
    output.done(new OperationMessage({ operation: "rm", destination: uriOf(key), dryRun }));
  if (dryRun) {
    for await (const { key } of store.list("", { signal })) await removed(key);
    return true;
  }
  let emptied = true;
  for await (const { key, error } of deletePrefix(store, "", { signal })) {
    if (error) {
      emptied = false;
      await context.fail(error);
    } else await removed(key);
  }
  return emptied;
}

/** Fails as the removal would. */
async function refuseFull({ signal }: CommandContext, { store, uri }: Place): Promise<void> {
  for await (const _ of store.list("", { signal })) {
    throw new NotEmptyError({
      operation: "remove",
      uri,
      detail: "it holds objects, add -f to remove them too",
    });
  }
}
