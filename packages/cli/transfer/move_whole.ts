import type { CommandContext } from "../command/command_context.ts";
import { locate, locatePrefix } from "../places/place.ts";
import { removeEmptyDirectories } from "../places/remove_empty_directories.ts";
import { type LocalTreeMove, moveLocalTree } from "./move_local_tree.ts";
import { moveTreeAway, type TreeMoveAway } from "./move_tree_away.ts";
import type { Lade } from "@lade/lade";

/** Moves a local tree by what lies in it, links and empty directories too, and returns whether that was it. */
export async function moveWhole(
  context: CommandContext,
  move: Omit<TreeMoveAway, "dryRun"> & Pick<LocalTreeMove, "options">,
): Promise<boolean> {
  const { plan, options, tally } = move;
  const { sources: [source = ""] } = plan;
  try {
    if (await moveLocalTree({ ...plan, source, options, tally })) return true;
    return await moveTreeAway({ ...move, dryRun: options.dryRun });
  } catch (error) {
    context.signal.throwIfAborted();
    await tally.fail(source, error);
    return true;
  }
}

/** Removes the directories of files that were moved away. */
export async function removeEmptySources(
  lade: Lade,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const source of sources) {
    await removeEmptyDirectories(lade, await locatePrefix(lade, await locate(lade, source)), signal);
  }
}
