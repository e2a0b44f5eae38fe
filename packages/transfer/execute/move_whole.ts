import { locate, locatePrefix } from "../places/place.ts";
import { removeEmptyDirectories } from "../places/remove_empty_directories.ts";
import { type LocalTreeMove, moveLocalTree } from "./move_local_tree.ts";
import { moveTreeAway, type TreeMoveAway } from "./move_tree_away.ts";
import type { UriCalls } from "../places/uri_calls.ts";

/** Moves a local tree by what lies in it, links and empty directories too, and returns whether that was it. */
export async function moveWhole(
  move: TreeMoveAway & Pick<LocalTreeMove, "createOnly">,
): Promise<boolean> {
  const { plan, tally } = move;
  const { sources: [source = ""] } = plan;
  try {
    if (!plan.filter && await moveLocalTree({ ...plan, ...move, source })) return true;
    return await moveTreeAway(move);
  } catch (error) {
    plan.signal.throwIfAborted();
    await tally.fail(source, error);
    return true;
  }
}

/** Removes the directories of files that were moved away. */
export async function removeEmptySources(
  lade: UriCalls,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const source of sources) {
    await removeEmptyDirectories(lade, await locatePrefix(lade, await locate(lade, source)), signal);
  }
}
