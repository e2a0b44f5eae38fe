import {
  type CallName,
  checkMatch,
  type Clock,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";
import { closeLocked, system, type SystemFile, whyNoLocks } from "@lade/core/system";
import { type FileStatus, isSameFile, objectEtag, statusOf } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";

const FIRST_WAIT_MS = 1;
const PATIENCE_MS = 75_000;
const LONGEST_WAIT_MS = 50;

/** The lock of a file. Disposing unlocks. */
export interface ObjectLock extends Disposable {
  /** The file that is locked. */
  readonly status: FileStatus;
}

/**
 * Locks the file that has a name, once its etag is `ifMatch`, against every other process that makes a conditional
 * change: by `flock` on the object itself, so that no lock file is left and the end of a process is the end of its
 * locks. Waiting is polling, so that `signal` ends it and nothing is left waiting. What is locked by `held` already,
 * under another name, is not waited for.
 */
export async function lockObject(
  { calls, context }: LocalSetup,
  subject: CallName,
  path: string,
  ifMatch: string,
  signal: AbortSignal | undefined,
  held?: ObjectLock,
): Promise<ObjectLock> {
  for (;;) {
    checkMatch(subject, objectEtag(await calls.present(calls.stat(path))), ifMatch);
    const file = await calls.present(system.open(path));
    // The file went meanwhile, and with it what the condition is about.
    if (!file) continue;
    try {
      const status = statusOf(await file.stat());
      if (!held || !isSameFile(held.status, status)) await lockFile(file, subject, context.clock, signal);
      const now = await calls.present(calls.stat(path));
      if (now && isSameFile(now, status)) {
        checkMatch(subject, objectEtag(now), ifMatch);
        return { status, [Symbol.dispose]: () => closeLocked(file) };
      }
    } catch (error) {
      closeLocked(file);
      throw error;
    }
    // Another writer gave the name to another file while this one waited.
    closeLocked(file);
  }
}

/** Waits for the exclusive lock of an open file, no longer than 75 seconds. `closeLocked` unlocks. */
export async function lockFile(
  file: SystemFile,
  subject: CallName,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  const waitedMs = await waitForLock(file, subject, clock, PATIENCE_MS, signal);
  if (waitedMs === undefined) return;
  const detail = `another program has held its lock for ${PATIENCE_MS / 1000} s`;
  throw new UnavailableError({ ...subject, detail, advice: "end it, or try again later", waitedMs });
}

/**
 * Waits up to `patienceMs` for the exclusive lock of an open file: `undefined` once it is had, else how long was waited
 * in vain. A lock that was given up may live on for a moment, in a process that this one is just starting.
 */
export async function waitForLock(
  file: SystemFile,
  subject: CallName,
  clock: Clock,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const startMs = clock.monotonicMs();
  for (let waitMs = FIRST_WAIT_MS;; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    signal?.throwIfAborted();
    if (await tryLock(file, subject)) return undefined;
    const waitedMs = clock.monotonicMs() - startMs;
    if (waitedMs >= patienceMs) return waitedMs;
    await clock.sleep(waitMs, signal);
  }
}

/** Takes the exclusive lock of an open file, unless somebody has it. `closeLocked` unlocks. */
export async function tryLock(file: SystemFile, subject: CallName): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    const why = whyNoLocks(error);
    if (why === undefined) throw error;
    throw new UnsupportedError({
      ...subject,
      detail: `${why}, so that a condition cannot be kept`,
      cause: error,
    });
  }
}
