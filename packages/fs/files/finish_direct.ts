import type { SyncMode } from "../names/local_config.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { BLOCK } from "./direct_alignment.ts";
import type { FileStatus } from "./file_status.ts";

/** Does what `finishCached` does, for a file that was written in whole blocks: what fills up the last one is cut off before. */
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
