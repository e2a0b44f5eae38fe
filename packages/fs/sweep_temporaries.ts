import { systemClock } from "@lade/core/backend";
import { fileError } from "./files/file_error.ts";
import { IoGate } from "./files/io_gate.ts";
import type { LocalStore } from "./store/local_store.ts";
import { rootPath } from "./names/path_uri.ts";
import { isTemporaryName, readUploadName, recordPath } from "./names/temporary_name.ts";
import { FileCalls } from "./tree/file_calls.ts";
import { filesBelow } from "./tree/files_below.ts";
import { readRecord } from "./upload/part_record.ts";

const DAY_MS = 86_400_000;

/** Options of {@linkcode sweepTemporaries}. */
export interface SweepOptions {
  /** Removes only files that nobody wrote to for this long, in milliseconds; a day by default. */
  readonly olderThanMs?: number;
  /** Removes nothing, only tells; `false` by default. */
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
 * removes those, and this only their files that are damaged so that nobody can go on.
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
    ? { root: rootPath("file", "sweep", store), uri: `file://${store}`, clock: systemClock }
    : { root: store.root, uri: store.uri, clock: store.context.clock };
  const before = clock.now() - olderThanMs;
  const calls = new FileCalls(new IoGate(clock));
  try {
    signal?.throwIfAborted();
    for await (const path of filesBelow(root, root, signal)) {
      if (!await isLeftover(path)) continue;
      const status = await calls.present(calls.lstat(path));
      if (status?.kind !== "file" || status.mtimeMs > before) continue;
      if (!dryRun) await calls.present(calls.remove(path));
      yield { path, size: status.size, lastModified: new Date(status.mtimeMs) };
    }
  } catch (error) {
    throw fileError(error, { operation: "sweep", uri }, signal);
  }
}

/** Whether a file is what a write left that nobody can go on with. */
async function isLeftover(path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isTemporaryName(name)) return true;
  const upload = readUploadName(name);
  if (!upload) return false;
  const record = await Deno.readFile(upload.holds === "record" ? path : recordPath(path)).catch(() =>
    undefined
  );
  return !record || !readRecord(record);
}
