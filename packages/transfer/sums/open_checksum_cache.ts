import { type Clock, systemClock } from "@lade/core/backend";
import { system } from "@lade/core/system";
import type { ChecksumCache } from "./checksum_cache.ts";
import { CacheDatabase } from "./cache_database.ts";
import { StoredCache } from "./stored_cache.ts";

/** Options of {@linkcode openChecksumCache}. */
export interface OpenChecksumCacheOptions {
  /** The directory that holds it; it is made where there is none. */
  readonly directory: string;
  /** Time; the system's by default. */
  readonly clock?: Clock;
  /** Called with what became of the cache, where that is worth a note: one sentence without a period. */
  readonly onNote?: (text: string) => void;
}

/** The name of the database; another form of its rows gets another. */
const NAME = "checksums-1.db";
/** How long a look or a write waits for the write of another process, in milliseconds. */
const PATIENCE_MS = 250;

/**
 * Opens the checksum cache of a directory, which any number of processes may have open. `undefined`, and a note, where it
 * cannot be used; dispose it to have everything written.
 */
export async function openChecksumCache(
  options: OpenChecksumCacheOptions,
): Promise<ChecksumCache | undefined> {
  const { directory, clock = systemClock, onNote = () => {} } = options;
  const path = `${directory.replace(/\/+$/, "")}/${NAME}`;
  // Nobody is to be asked for a permission because of it.
  for (const name of ["read", "write"] as const) {
    if (system.permissions.querySync({ name, path: directory }).state === "granted") continue;
    onNote(`no checksum cache is used: there is no permission to ${name} ${JSON.stringify(directory)}`);
    return undefined;
  }
  const { DatabaseSync } = await import("node:sqlite");
  const cache = new StoredCache({
    open: () => {
      system.mkdirSync(directory, { recursive: true, mode: 0o700 });
      return new CacheDatabase(new DatabaseSync(path, { timeout: PATIENCE_MS }));
    },
    setAside: () => {
      system.renameSync(path, `${path}.damaged`);
      // It would be played back into the new one.
      removeIfThere(`${path}-journal`);
    },
    clock,
    onNote,
  });
  return cache.isUsed ? cache : undefined;
}

function removeIfThere(path: string): void {
  try {
    system.removeSync(path);
  } catch (error) {
    if (!(error instanceof system.errors.NotFound)) throw error;
  }
}
