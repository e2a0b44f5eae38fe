import type { SystemFile } from "@lade/core/system";
import type { SyncMode } from "../names/local_config.ts";
import { type FileStatus, statusOf } from "./file_status.ts";
import type { IoGate } from "./io_gate.ts";

/** Puts a written file on the disk as far as asked, and returns its status. Whichever descriptor syncs, it is the file. */
export async function finishCached(file: SystemFile, gate: IoGate, sync: SyncMode): Promise<FileStatus> {
  if (sync === "data") await file.syncData();
  if (sync === "full") await file.sync();
  return statusOf(await gate.run(() => file.statSync(), () => file.stat()));
}
