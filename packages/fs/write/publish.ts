import { checkMatch, type Preconditions } from "@lade/core/backend";
import type { Subject } from "../files/file_error.ts";
import type { FileStatus } from "../files/file_status.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { directoryOf } from "../tree/tree.ts";
import { lockObject } from "./lock_object.ts";
import { replaceName, takeFreeName } from "./take_name.ts";

const PERMISSIONS = 0o777;
/** By how much to date a file later: file systems keep milliseconds, seconds or pairs of seconds. */
const STEPS_MS = [1, 1000, 2000];

/** A finished file and the name it is to have. */
export interface Publication {
  readonly subject: Subject;
  /** The finished file's temporary path. */
  readonly temporary: string;
  /** The finished file's status. */
  readonly status: FileStatus;
  /** The path it is to have. */
  readonly path: string;
  /** Conditions on what has that path now. */
  readonly conditions: Preconditions;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes a finished file the object of its key, in one step, while the conditions hold. Resolves with its status, whose
 * time of change is later than that of the file it replaces, so that etags differ even where the system's clock is
 * too coarse. The permissions of a replaced file go over.
 */
export async function publish(parts: LocalParts, publication: Publication): Promise<FileStatus> {
  const { subject, temporary, path, conditions, signal } = publication;
  const { calls, config, mutex, retired } = parts;
  using _turn = await mutex.acquire(path, signal);
  const { ifMatch, ifNoneMatch } = conditions;
  let status: FileStatus;
  if (ifNoneMatch !== undefined) {
    if (ifMatch !== undefined) checkMatch(subject, undefined, ifMatch);
    status = await dateAfter(parts, publication, undefined);
    await takeFreeName(parts, subject, temporary, path, signal);
  } else {
    using _lock = ifMatch === undefined ? undefined : await lockObject(parts, subject, path, ifMatch, signal);
    const replaced = await calls.present(calls.stat(path));
    status = await dateAfter(parts, publication, replaced);
    signal?.throwIfAborted();
    await replaceName(parts, subject, temporary, path);
    if (replaced) retired.add(replaced);
  }
  if (config.sync === "full") await calls.syncDirectory(directoryOf(path));
  return status;
}

/** Dates the finished file after those it must not be confused with. */
async function dateAfter(
  { calls, retired }: LocalParts,
  { temporary, status }: Publication,
  replaced: FileStatus | undefined,
): Promise<FileStatus> {
  const earlier = Math.max(
    replaced?.kind === "file" ? replaced.mtimeMs : -Infinity,
    retired.mtimeBefore(status) ?? -Infinity,
  );
  let dated = status;
  for (const stepMs of STEPS_MS) {
    if (dated.mtimeMs > earlier) break;
    await calls.touch(temporary, earlier + stepMs);
    dated = await calls.lstat(temporary);
  }
  if (replaced?.kind === "file" && ((replaced.mode ^ status.mode) & PERMISSIONS) !== 0) {
    await calls.chmod(temporary, replaced.mode & PERMISSIONS);
  }
  return dated;
}
