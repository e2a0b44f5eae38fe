import type { OpenDatasetOptions } from "@lade/loader";
import type { CommandContext } from "../command/command_context.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";

/** Options by which what lies there and is no object is told on standard error. */
export function notingLeftOut({ output }: CommandContext): Pick<OpenDatasetOptions, "onLeftOut"> {
  // It is not waited for: a line is queued immediately, and written with the next ones.
  return { onLeftOut: (uri, reason) => void output.note(new SkipMessage(uri, reason)) };
}
