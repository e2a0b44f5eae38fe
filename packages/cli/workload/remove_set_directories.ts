import { NotEmptyError } from "@lade/core/errors";
import { localPathOf, removeDirectory } from "@lade/transfer/places";
import type { WorkloadSpec } from "@lade/workload/run";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";

/**
 * Removes the directories of a workload's sets, which are left of local objects. One that holds something, such as what a
 * write that was killed left, stays, and is told.
 */
export async function removeSetDirectories(
  { lade, output, signal }: CommandContext,
  { objects }: WorkloadSpec,
  target: string,
): Promise<void> {
  if (localPathOf(target) === undefined) return;
  const prefix = target.endsWith("/") ? target : `${target}/`;
  for (const { name } of objects) {
    try {
      await removeDirectory(await lade(), `${prefix}${name}/`, { signal });
    } catch (error) {
      if (!(error instanceof NotEmptyError)) throw error;
      await output.note(new NoteMessage(error.message));
    }
  }
}
