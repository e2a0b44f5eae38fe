import type { ListOptions } from "@lade/core";
import { SkipMessage } from "../messages/skip_message.ts";
import type { CommandContext } from "../command/command_context.ts";
import type { Place } from "./place.ts";

/**
 * Options by which a listing of a place goes on past what it may not look at, which is a failure, and notes what else
 * it leaves out, where the user wants to know more.
 */
export function tellingLeftOut(
  { fail, output, settings }: CommandContext,
  { uriOf }: Place,
): Pick<ListOptions, "onLeftOut"> {
  // Neither is waited for: a line is put down at once, and written with the next ones.
  return {
    onLeftOut: ({ key, reason, error }) => {
      // It rejects only with what ends the listing too.
      if (error) fail(error).catch(() => {});
      else if (settings.verbosity > 0) void output.note(new SkipMessage(uriOf(key), reason));
    },
  };
}
