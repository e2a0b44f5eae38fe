import { localPathOf, uriOfArgument } from "../places/place.ts";
import { isStandardOutput } from "../places/resolve_destination.ts";
import type { RunCommand } from "../program/command.ts";
import { UsageError } from "../program/usage_error.ts";
import { runTransfer } from "../transfer/run_transfer.ts";
import type { GetOptions } from "./get.ts";

/** Copies to a local place, or to standard output. */
export const runGet: RunCommand<GetOptions> = async (context, { uri, destination, ...options }) => {
  if (!isStandardOutput(destination) && localPathOf(uriOfArgument(destination)) === undefined) {
    throw new UsageError(`get writes local files: use cp to copy to ${JSON.stringify(destination)}.`);
  }
  await runTransfer(context, { sources: [uri], destination, options, move: false });
};
