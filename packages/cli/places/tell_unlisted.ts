import type { PermissionDeniedError } from "@lade/core/errors";
import { NoteMessage } from "../messages/note_message.ts";
import type { CommandContext } from "../command/command_context.ts";
import type { Place } from "./place.ts";

/** Notes that an object is shown though there may be more of its name, which may not be listed. */
export async function tellUnlisted(
  { output }: CommandContext,
  { uri }: Place,
  unlisted: PermissionDeniedError,
): Promise<void> {
  const what = `whether there is anything under ${JSON.stringify(`${uri}/`)} is not known`;
  await output.note(new NoteMessage(`${what}: ${unlisted.message}`));
}
