import type { SystemFile } from "./system_file.ts";

/**
 * Gives up the lock of a file, if it has one, and closes it. A process that is just being started shares the descriptor for a
 * moment, and with it a lock that is not given up. Node has no call for that.
 */
export function closeLocked(file: SystemFile): void {
  try {
    file.unlockSync?.();
  } catch {
    // There are no locks here, and the end of the descriptor is the end of its lock.
  }
  file.close();
}
