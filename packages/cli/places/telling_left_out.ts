import type { ListOptions } from "@lade/core";
import { SkipMessage } from "../messages/skip_message.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { Place } from "./place.ts";

/** Options by which a listing of a place notes what it leaves out, where the user wants to know more. */
export function tellingLeftOut(
  { output, settings }: CommandContext,
  { uriOf }: Place,
): Pick<ListOptions, "onLeftOut"> {
  if (settings.verbosity === 0) return {};
  // Not waited for: a line of notes is put down at once, and written with the next ones.
  return { onLeftOut: ({ key, reason }) => void output.note(new SkipMessage(uriOf(key), reason)) };
}
