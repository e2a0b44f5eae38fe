import { system } from "@lade/core/system";
import { hostname } from "../journal/hostname.ts";
import { isProcessGone } from "../journal/is_process_gone.ts";
import type { JournalRun } from "../journal/journal_records.ts";
import type { ProcessLocks } from "../journal/process_locks.ts";
import { TEMPORARY_NAME } from "../places/temporary_name.ts";

/**
 * Removes the unfinished files of processes that have ended on this machine: below the directory `tree`, or where that is
 * absent beside the file at `path`. Links are not followed. What may not be read or removed stays.
 */
export async function removeTemporaries(
  tree: string | undefined,
  path: string,
  runs: readonly JournalRun[],
  locks?: ProcessLocks,
): Promise<void> {
  const here = hostname();
  const gone = new Set<number>();
  for (const run of runs) {
    if (await isProcessGone(run, here, locks)) gone.add(run.pid);
  }
  if (gone.size === 0) return;
  const directory = tree ?? path.slice(0, path.lastIndexOf("/") + 1);
  await removeBelow(directory.replace(/\/+$/, ""), tree !== undefined, gone);
}

/** Whether nothing was done to a file since this process began: then it is of an earlier one that had the same number. */
async function isOlderThanThis(path: string): Promise<boolean> {
  const { ctime } = await system.lstat(path);
  // It has whole seconds.
  return ctime !== null && ctime.getTime() < performance.timeOrigin - 1000;
}

async function removeBelow(directory: string, isTree: boolean, gone: ReadonlySet<number>): Promise<void> {
  try {
    for await (const { name, isDirectory, isFile } of system.readDir(directory === "" ? "/" : directory)) {
      const [, pid] = TEMPORARY_NAME.exec(name) ?? [];
      if (isTree && isDirectory) await removeBelow(`${directory}/${name}`, true, gone);
      else if (isFile && pid !== undefined && gone.has(Number(pid))) {
        const path = `${directory}/${name}`;
        if (Number(pid) !== system.pid || await isOlderThanThis(path)) await system.remove(path);
      }
    }
  } catch (error) {
    const isExpected = [system.errors.NotFound, system.errors.PermissionDenied, system.errors.NotCapable]
      .some((type) => error instanceof type);
    if (!isExpected) throw error;
  }
}
