import { system } from "@lade/core/system";
import type { ProcessLocks } from "./process_locks.ts";
import type { LogOwner } from "./record_log.ts";

/**
 * Whether a process is known to have ended: it was one of this machine, and its lock is free, or it has none and there is no
 * process of that number any more, or this one has got the number. `false` where nobody can tell.
 */
export async function isProcessGone(
  { pid, host: there }: Pick<LogOwner, "pid" | "host">,
  here: string | undefined,
  locks: ProcessLocks | undefined,
): Promise<boolean> {
  if (here === undefined || here !== there) return false;
  if (pid === system.pid) return true;
  return await locks?.hasEnded({ pid, host: there }) ?? await isUnknown(pid);
}

/** Whether the system, where this process may ask it, knows no process of this number. */
async function isUnknown(pid: number): Promise<boolean> {
  try {
    await system.stat("/proc/self/stat");
  } catch {
    return false;
  }
  try {
    await system.stat(`/proc/${pid}`);
    return false;
  } catch (error) {
    return error instanceof system.errors.NotFound;
  }
}
