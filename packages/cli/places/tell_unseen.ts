import type { PermissionDeniedError } from "@lade/core/errors";
import { NoteMessage } from "../messages/note_message.ts";
import type { CommandContext } from "../command/command_context.ts";

/** Notes that an object is removed without knowing whether it was there. */
export async function tellUnseen(
  { output }: CommandContext,
  { uri }: { readonly uri: string },
  unseen: PermissionDeniedError,
): Promise<void> {
  const what = `whether ${JSON.stringify(uri)} is there is not known, and it is removed without a look`;
  await output.note(new NoteMessage(`${what}: ${unseen.message}`));
}
