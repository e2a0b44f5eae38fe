import { type CallName, InvalidNameError, type Preconditions } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { FileStatus } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { FileCalls } from "../tree/file_calls.ts";
import { directoryOf } from "../tree/tree.ts";
import { lockObject } from "./lock_object.ts";
import { refuseOtherForm } from "./refuse_other_form.ts";
import { replaceName, takeFreeName } from "./take_name.ts";

const PERMISSIONS = 0o777;
/** Files made within this time of each other may seem to be made at the same time: file systems have coarse clocks. */
const LAG_MS = 20;
/** Times this close are taken for ones that gave way to each other. */
const NEAR_MS = 1000;
/** By how much to date a file later: file systems keep milliseconds, seconds or pairs of seconds. */
const STEPS_MS = [1, 1000, 2000];

/** A finished file and the name it is to have. */
export interface Publication {
  readonly subject: CallName;
  /** The finished file's temporary path. */
  readonly temporary: string;
  /** The finished file's status. */
  readonly status: FileStatus;
  /** The path it is to have. */
  readonly path: string;
  /** Conditions on what has that path now. */
  readonly conditions: Preconditions;
  /** The time of change to give it; that of the write without one. */
  readonly lastModified?: Date | undefined;
  /** Its permissions are its own, also where it replaces a file. */
  readonly ownMode?: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes a finished file the object of its key, in one step, while the conditions hold. Resolves with its status, whose
 * time of change is later than that of the file it replaces, so that etags differ even where the system's clock is
 * too coarse; a time that is asked for is kept to unless both files were made at about the same time. The permissions
 * of a replaced file go over.
 */
export async function publish(setup: LocalSetup, publication: Publication): Promise<FileStatus> {
  const { subject, temporary, path, conditions, signal } = publication;
  const { calls, config, mutex, retired } = setup;
  using _turn = await mutex.acquire(path, signal);
  const { ifMatch, ifNoneMatch } = conditions;
  let status: FileStatus;
  if (ifNoneMatch !== undefined) {
    status = await dateAfter(setup, publication, undefined);
    await takeFreeName(setup, subject, temporary, path, signal);
  } else {
    using _lock = ifMatch === undefined ? undefined : await lockObject(setup, subject, path, ifMatch, signal);
    const replaced = await calls.present(calls.lstat(path));
    refuseSpecial(subject, replaced);
    if (replaced?.kind === "file") await refuseOtherForm(setup, subject, path);
    status = await dateAfter(setup, publication, replaced);
    signal?.throwIfAborted();
    await replaceName(setup, subject, temporary, path);
    if (replaced) retired.add(replaced);
  }
  if (config.sync === "full") await calls.syncDirectory(directoryOf(path));
  // What stands for the time of birth changes with a file's name.
  return status.tellsBirth ? status : await calls.lstat(path);
}

/** What became a pipe or device since the write began is not replaced. */
function refuseSpecial(subject: CallName, replaced: FileStatus | undefined): void {
  if (replaced?.kind !== "other") return;
  throw new InvalidNameError({ ...subject, detail: "a socket, pipe or device has this name now" });
}

/** Dates the finished file so that it is not confused with others: after them, or close to the time that is asked for. */
async function dateAfter(
  { calls, retired }: LocalSetup,
  { temporary, status, lastModified, ownMode = false }: Publication,
  replaced: FileStatus | undefined,
): Promise<FileStatus> {
  const mtimes = [...retired.mtimesBefore(status)];
  if (replaced?.kind === "file" && (!lastModified || areOfOneMoment(status, replaced))) {
    mtimes.push(replaced.mtimeMs);
  }
  let dated = status;
  if (lastModified) {
    const time = freeTime(lastModified.getTime(), mtimes);
    await calls.touch(temporary, time);
    dated = await calls.lstat(temporary);
  }
  const taken = (mtimeMs: number) =>
    lastModified ? mtimes.includes(mtimeMs) : mtimes.some((it) => it >= mtimeMs);
  for (const stepMs of STEPS_MS) {
    if (!taken(dated.mtimeMs)) break;
    await calls.touch(temporary, Math.max(...mtimes) + stepMs);
    dated = await calls.lstat(temporary);
  }
  if (!ownMode && replaced?.kind === "file") await takePlace(calls, temporary, status, replaced);
  return dated;
}

/** Gives a file permissions and, as far as the rights of this process reach, owner of the one that it replaces. */
async function takePlace(
  calls: FileCalls,
  temporary: string,
  status: FileStatus,
  replaced: FileStatus,
): Promise<void> {
  if (replaced.uid !== status.uid || replaced.gid !== status.gid) {
    await system.chown(temporary, replaced.uid, replaced.gid).catch(() => {});
  }
  if (((replaced.mode ^ status.mode) & PERMISSIONS) !== 0) {
    await calls.chmod(temporary, replaced.mode & PERMISSIONS);
  }
}

/** The first time from `wanted` on that no other file has or came close before: they may be a row of such times. */
function freeTime(wanted: number, mtimes: readonly number[]): number {
  const near = mtimes.filter((mtimeMs) => mtimeMs >= wanted && mtimeMs < wanted + NEAR_MS);
  return near.length === 0 ? wanted : Math.max(...near) + 1;
}

/** Whether two files may have been made at the same time, by their times of birth. */
function areOfOneMoment(one: FileStatus, other: FileStatus): boolean {
  return Math.abs(one.bornMs - other.bornMs) <= (one.tellsBirth ? LAG_MS : 1000 + LAG_MS);
}
