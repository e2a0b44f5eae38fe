import { InvalidNameError, NotEmptyError } from "@lade/core/errors";
import { deletePrefix } from "@lade/core/operations";
import { OperationMessage } from "../messages/operation_message.ts";
import { localPathOf, locate, locatePrefix, type Place } from "../places/place.ts";
import { whatIsLeft } from "../places/remove_empty_directories.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { RbOptions } from "./rb.ts";

/** Removes each container, with its objects where the user says so. */
export const runRb: RunCommand<RbOptions> = async (context, { uris, force, dryRun }) => {
  const lade = await context.lade();
  for (const argument of uris) {
    try {
      const place = await locatePrefix(lade, await locate(lade, argument));
      if (localPathOf(place.uri) === "/") {
        const detail = "the root directory is not removed";
        throw new InvalidNameError({ operation: "remove", uri: place.uri, detail });
      }
      await removeContainer(context, place, force, dryRun);
    } catch (error) {
      await context.fail(error);
    }
  }
};

async function removeContainer(
  context: CommandContext,
  place: Place,
  force: boolean,
  dryRun: boolean,
): Promise<void> {
  const { name: operation, output, signal } = context;
  const { uri } = place;
  if (force && !await empty(context, place, dryRun)) return;
  if (!dryRun) {
    await (await context.lade()).deleteContainer(uri, { signal }).catch(async (error) => {
      throw error instanceof NotEmptyError ? await explainNotEmpty(place, signal, error) : error;
    });
  } else if (!force) {
    for await (const _ of place.store.list("", { signal })) throw notEmpty(uri);
  }
  await output.done(new OperationMessage({ operation, destination: uri, dryRun }));
}

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

/** What is left of a local directory need not be an object, which -f would remove. */
async function explainNotEmpty(
  place: Place,
  signal: AbortSignal,
  cause: NotEmptyError,
): Promise<NotEmptyError> {
  const { store, uri } = place;
  const path = localPathOf(uri);
  if (path === undefined) return notEmpty(uri, cause);
  for await (const _ of store.list("", { signal })) return notEmpty(uri, cause);
  return new NotEmptyError({ operation: "remove", uri, detail: await whatIsLeft(path), cause });
}

function notEmpty(uri: string, cause?: unknown): NotEmptyError {
  const detail = "it holds objects, add -f to remove them too";
  return new NotEmptyError({ operation: "remove", uri, detail, cause });
}
