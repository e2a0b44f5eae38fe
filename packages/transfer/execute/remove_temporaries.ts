import { system } from "@lade/core/system";
import { hostname } from "../journal/hostname.ts";
import { isProcessGone } from "../journal/is_process_gone.ts";
import type { JournalRun } from "../journal/journal_records.ts";
import type { ProcessLocks } from "../journal/process_locks.ts";
import { TEMPORARY_NAME } from "../places/temporary_name.ts";

/**
 * Removes the unfinished files of processes that have ended on this machine: below the directory `tree`, or where that is
 * absent beside the file at `path`. What was written to since `begunMs`, the begin of this process by default, stays: on
 * another machine, or in another container, a process of the same number may be writing it. Links are not followed. What may
 * not be read or removed stays.
 */
export async function removeTemporaries(
  tree: string | undefined,
  path: string,
  runs: readonly JournalRun[],
  locks?: ProcessLocks,
  begunMs = performance.timeOrigin,
): Promise<void> {
  const here = hostname();
  const gone = new Set<number>();
  for (const run of runs) {
    if (await isProcessGone(run, here, locks)) gone.add(run.pid);
  }
  if (gone.size === 0) return;
  const directory = tree ?? path.slice(0, path.lastIndexOf("/") + 1);
  await removeBelow(directory.replace(/\/+$/, ""), tree !== undefined, { gone, begunMs });
}

/** What is removed. */
interface Removal {
  /** The numbers of processes that have ended. */
  readonly gone: ReadonlySet<number>;
  /** What was written to since then stays. */
  readonly begunMs: number;
}

async function isOlder(path: string, pid: number, begunMs: number): Promise<boolean> {
  const { ctime, mtime } = await system.lstat(path);
  const changedMs = ctime?.getTime() ?? 0;
  // It has whole seconds, where there is any.
  if (ctime && changedMs + 1000 <= begunMs) return true;
  return pid !== system.pid && changedMs < begunMs && mtime !== null && mtime.getTime() < begunMs;
}

async function removeBelow(directory: string, isTree: boolean, removal: Removal): Promise<void> {
  const { gone, begunMs } = removal;
  try {
    for await (const { name, isDirectory, isFile } of system.readDir(directory === "" ? "/" : directory)) {
      const path = `${directory}/${name}`;
      const pid = Number(TEMPORARY_NAME.exec(name)?.[1] ?? NaN);
      if (isTree && isDirectory) await removeBelow(path, true, removal);
      else if (isFile && gone.has(pid) && await isOlder(path, pid, begunMs)) await system.remove(path);
    }
  } catch (error) {
    const isExpected = [system.errors.NotFound, system.errors.PermissionDenied, system.errors.NotCapable]
      .some((type) => error instanceof type);
    if (!isExpected) throw error;
  }
}
