import { system } from "@lade/core/system";
import { hostname } from "../journal/hostname.ts";
import { isProcessGone } from "../journal/is_process_gone.ts";
import type { JournalRun } from "../journal/journal_records.ts";
import { TEMPORARY_NAME } from "../places/temporary_name.ts";

/**
 * Removes the unfinished files of processes that have ended on this machine: below the directory `tree`, or where that is
 * absent beside the file at `path`. Links are not followed. What may not be read or removed stays.
 */
export async function removeTemporaries(
  tree: string | undefined,
  path: string,
  runs: readonly JournalRun[],
): Promise<void> {
  const here = hostname();
  const gone = new Set<number>();
  for (const run of runs) {
    if (await isProcessGone({ ...run, command: "" }, here)) gone.add(run.pid);
  }
  if (gone.size === 0) return;
  const directory = tree ?? path.slice(0, path.lastIndexOf("/") + 1);
  await removeBelow(directory.replace(/\/+$/, ""), tree !== undefined, gone);
}

async function removeBelow(directory: string, isTree: boolean, gone: ReadonlySet<number>): Promise<void> {
  try {
    for await (const { name, isDirectory, isFile } of system.readDir(directory === "" ? "/" : directory)) {
      const [, pid] = TEMPORARY_NAME.exec(name) ?? [];
      if (isTree && isDirectory) await removeBelow(`${directory}/${name}`, true, gone);
      else if (isFile && pid !== undefined && gone.has(Number(pid))) {
        await system.remove(`${directory}/${name}`);
      }
    }
  } catch (error) {
    const isExpected = [system.errors.NotFound, system.errors.PermissionDenied, system.errors.NotCapable]
      .some((type) => error instanceof type);
    if (!isExpected) throw error;
  }
}
