import { closeLocked, system, type SystemFile } from "@lade/core/system";
import { hostname } from "./hostname.ts";
import { isNamed } from "./is_named.ts";
import type { LogOwner } from "./record_log.ts";

/** A lock that another process looks at is free again at once. */
const TRIES = 5;
const WAIT_MS = 10;
/** How old a file is that is removed where its process has ended. */
const STALE_MS = 30 * 86_400_000;

/** The locks of this process, by their paths: a file may be locked by one descriptor alone. */
const HELD = new Map<string, { holders: number; readonly file: Promise<SystemFile | undefined> }>();

/**
 * Files of a local directory by which processes know of each other: each locks its own (`flock`) while it may leave
 * something to others, and the end of a process is the end of its lock. Whoever may not use the directory, or is on a system
 * without locks, goes without.
 */
export class ProcessLocks {
  readonly #directory: string;
  readonly #here: string | undefined;

  /** Makes nothing yet. */
  constructor(directory: string, here: string | undefined = hostname()) {
    this.#directory = directory;
    this.#here = here;
  }

  /** Locks the file of this process until this, and everything else that holds it, is disposed of. */
  async hold(): Promise<AsyncDisposable> {
    const path = this.#pathOf(system.pid);
    let held = HELD.get(path);
    if (!held) HELD.set(path, held = { holders: 0, file: this.#lock(path).catch(() => undefined) });
    held.holders++;
    const file = await held.file;
    let isHeld = true;
    return {
      async [Symbol.asyncDispose]() {
        if (!isHeld) return;
        isHeld = false;
        if (--held.holders > 0) return;
        HELD.delete(path);
        if (!file) return;
        await system.remove(path).catch(() => {});
        closeLocked(file);
      },
    };
  }

  /** Whether a process of this machine has ended, or lives; `undefined` where it has no file here, or nobody can tell. */
  async hasEnded({ pid, host }: Pick<LogOwner, "pid" | "host">): Promise<boolean | undefined> {
    if (host === undefined || host !== this.#here) return undefined;
    return await isFree(this.#pathOf(pid));
  }

  async #lock(path: string): Promise<SystemFile | undefined> {
    await system.mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (let tries = TRIES; tries > 0; tries--) {
      const file = await system.open(path, { read: true, write: true, create: true, mode: 0o600 });
      const isHad = await file.tryLock(true).catch(() => undefined) && await isNamed(path, file);
      if (isHad) {
        await this.#removeStale().catch(() => {});
        return file;
      }
      closeLocked(file);
      // There are no locks here.
      if (isHad === undefined) return undefined;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
    return undefined;
  }

  /** Removes what processes left that were killed long ago. */
  async #removeStale(): Promise<void> {
    const before = Date.now() - STALE_MS;
    for await (const { name, isFile } of system.readDir(this.#directory)) {
      const path = `${this.#directory}/${name}`;
      if (!isFile || HELD.has(path)) continue;
      // Others may be removing the same.
      const { mtime } = await system.lstat(path).catch(() => ({ mtime: null }));
      if (mtime && mtime.getTime() < before) await tryLocked(path, true, () => system.remove(path));
    }
  }

  #pathOf(pid: number): string {
    return `${this.#directory}/${encodeURIComponent(this.#here ?? "")}-${pid}`;
  }
}

/** Whether nobody has the file at `path` locked; `undefined` where there is none, or nobody can tell. */
async function isFree(path: string): Promise<boolean | undefined> {
  return await tryLocked(path, false, () => Promise.resolve());
}

/** Does `work` while the lock of the file at `path` is had, if it is free, and says whether it was; `undefined` for a failure. */
async function tryLocked(
  path: string,
  isAlone: boolean,
  work: () => Promise<void>,
): Promise<boolean | undefined> {
  try {
    const file = await system.open(path, { read: true, write: true });
    try {
      const isFree = await file.tryLock(isAlone);
      if (isFree) await work();
      return isFree;
    } finally {
      closeLocked(file);
    }
  } catch {
    return undefined;
  }
}
