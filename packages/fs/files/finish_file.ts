import type { SyncMode } from "../names/local_config.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { BLOCK } from "./direct_alignment.ts";
import { type FileStatus, statusOf } from "./file_status.ts";
import type { IoGate } from "./io_gate.ts";

/** Puts a written file on the disk as far as asked, and tells its status. Whichever descriptor syncs, it is the file. */
export async function finishCached(file: Deno.FsFile, gate: IoGate, sync: SyncMode): Promise<FileStatus> {
  if (sync === "data") await file.syncData();
  if (sync === "full") await file.sync();
  return statusOf(await gate.run(() => file.statSync(), () => file.stat()));
}

/** The same for a file that was written in whole blocks: what fills up the last one is cut off before. */
export async function finishDirect(
  calls: DescriptorCalls,
  fd: number,
  size: number,
  sync: SyncMode,
): Promise<FileStatus> {
  if (size % BLOCK !== 0) await calls.truncate(fd, size);
  if (sync === "data") await calls.syncData(fd);
  if (sync === "full") await calls.sync(fd);
  return calls.status(fd);
}
