import { systemClock, uriPathOf } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { fileError } from "./files/file_error.ts";
import { IoGate } from "./files/io_gate.ts";
import type { LocalStore } from "./store/local_store.ts";
import { rootPath } from "./names/path_uri.ts";
import {
  isTemporaryName,
  isUnfinishedName,
  readUploadName,
  recordPath,
  uploadName,
} from "./names/temporary_name.ts";
import { FileCalls } from "./tree/file_calls.ts";
import { filesBelow } from "./tree/files_below.ts";
import { readRecord } from "./upload/part_record.ts";

const DAY_MS = 86_400_000;

/** Options of {@linkcode sweepTemporaries}. */
export interface SweepOptions {
  /** Removes only files that nobody wrote to for this long, in milliseconds; a day by default. */
  readonly olderThanMs?: number;
  /** Removes nothing, and yields what would be removed; `false` by default. */
  readonly dryRun?: boolean;
  /** Ends the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** An unfinished write that was left behind. */
export interface SweptFile {
  /** Its absolute path. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last written to. */
  readonly lastModified: Date;
}

/**
 * Removes what writes left behind that were killed: the files below a store's root (or a directory, by its absolute
 * path) whose name is `.lade-`, 16 hexadecimal digits, `-`, a process number, `~tmp`. No listing shows them and no key
 * names them. Yields each one once it is gone. Links are not followed. A write that is still going on is safe as long
 * as it writes more often than `olderThanMs`. Writes that may be resumed stay, however old they are: `sweepUploads`
 * removes those, and this only what a crash left of one so that nobody can go on: one file of two, or a damaged record.
 */
export async function* sweepTemporaries(
  store: LocalStore | string,
  options: SweepOptions = {},
): AsyncGenerator<SweptFile, void, void> {
  const { olderThanMs = DAY_MS, dryRun = false, signal } = options;
  if (!(olderThanMs >= 0)) {
    throw new RangeError(`Cannot sweep with olderThanMs ${olderThanMs}: a number from 0 up is needed`);
  }
  const { root, uri, clock } = typeof store === "string"
    ? placeOf(rootPath("file", "sweep", store))
    : { root: store.root, uri: store.uri, clock: store.context.clock };
  const before = clock.now() - olderThanMs;
  const calls = new FileCalls(new IoGate(clock));
  try {
    signal?.throwIfAborted();
    for await (const path of filesBelow(root, root, signal)) {
      if (!isUnfinishedName(path.slice(path.lastIndexOf("/") + 1))) continue;
      const status = await calls.present(calls.lstat(path));
      if (status?.kind !== "file" || status.mtimeMs > before || !await isLeftover(calls, path)) continue;
      if (!dryRun) await calls.present(calls.remove(path));
      yield { path, size: status.size, lastModified: new Date(status.mtimeMs) };
    }
  } catch (error) {
    throw fileError(error, { operation: "sweep", uri }, signal);
  }
}

function placeOf(root: string) {
  return { root, uri: `file://${uriPathOf(root)}`, clock: systemClock };
}

/** Whether a file is what a write left that nobody can go on with. What may not be read is left alone. */
async function isLeftover(calls: FileCalls, path: string): Promise<boolean> {
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  if (isTemporaryName(name)) return true;
  const upload = readUploadName(name);
  if (!upload) return false;
  const bytes = path.slice(0, slash) + uploadName(upload.id);
  try {
    const record = await calls.present(system.readFile(recordPath(bytes)));
    return !record || !readRecord(record) || !await calls.present(calls.lstat(bytes));
  } catch {
    return false;
  }
}
