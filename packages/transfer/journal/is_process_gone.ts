import { system } from "@lade/core/system";
import type { LogOwner } from "./record_log.ts";

/**
 * Whether a process is known to have ended: it was one of this machine, which has none of that number any more, or gave the
 * number to this process. `false` where nobody can tell.
 */
export async function isProcessGone(
  { pid, host: there }: LogOwner,
  here: string | undefined,
): Promise<boolean> {
  if (here === undefined || here !== there) return false;
  if (pid === system.pid) return true;
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
