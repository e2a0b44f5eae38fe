import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { SkipMessage } from "../messages/transfer_messages.ts";
import type { Place } from "@lade/transfer/places";
import type { ListOptions } from "@lade/core";
import type { PermissionDeniedError } from "@lade/core/errors";

/** Notes that an object is shown though there may be more of its name, which may not be listed. */
export async function tellUnlisted(
  { output }: CommandContext,
  { uri }: Place,
  unlisted: PermissionDeniedError,
): Promise<void> {
  const what = `whether there is anything under ${JSON.stringify(`${uri}/`)} is not known`;
  await output.note(new NoteMessage(`${what}: ${unlisted.message}`));
}

/** Notes that an object is removed without knowing whether it was there. */
export async function tellUnseen(
  { output }: CommandContext,
  { uri }: { readonly uri: string },
  unseen: PermissionDeniedError,
): Promise<void> {
  const what = `whether ${JSON.stringify(uri)} is there is not known, and it is removed without a look`;
  await output.note(new NoteMessage(`${what}: ${unseen.message}`));
}

/**
 * Options by which a listing of a place goes on past what it may not look at, which is a failure, and notes what else
 * it leaves out, where the user wants to know more.
 */
export function tellingLeftOut(
  { fail, output, settings }: CommandContext,
  { uriOf }: Place,
): Pick<ListOptions, "onLeftOut"> {
  // Neither is waited for: a line is queued immediately, and written with the next ones.
  return {
    onLeftOut: ({ key, reason, error }) => {
      // It rejects only with what ends the listing too.
      if (error) fail(error).catch(() => {});
      else if (settings.verbosity > 0) void output.note(new SkipMessage(uriOf(key), reason));
    },
  };
}
