import { refName } from "../keys/series_keys.ts";
import { findCommits } from "../series/find_commits.ts";
import { newestRun } from "../series/join_run.ts";
import { findManifest, orDamaged } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { pinnedNames } from "../series/marks.ts";

/**
 * The names of the checkpoints that stay whatever the rules say, each with the reason: those that are pinned, and the one that the
 * ranks of the newest run go on from, until it has a checkpoint of its own, unless it cannot be read.
 */
export async function wantedNames(series: Series, signal?: AbortSignal): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const name of await pinnedNames(series, signal)) names.set(name, "it is pinned");
  const run = await newestRun(series, signal);
  if (!run?.resumeFrom) return names;
  for await (const { generation } of findCommits(series, signal)) {
    if (generation === run.generation) return names;
    break;
  }
  const { resumeFrom } = run;
  let isDamaged = false;
  await orDamaged(resumeFrom, () => findManifest(series, resumeFrom, signal), () => isDamaged = true);
  if (!isDamaged) names.set(refName(resumeFrom), "the newest run goes on from it");
  return names;
}
