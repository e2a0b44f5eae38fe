import type { Clock } from "@lade/core";
import type { FileStatus } from "./file_status.ts";

/** How far a file system's time of change may lie behind the clock. */
const LAG_MS = 20;
/** Files remembered; more are not deleted within the lag. */
const MOST = 4096;

/**
 * Files that lost their name a moment ago. The system gives their numbers to new files immediately; were such a file
 * written in the same millisecond and as large, its etag would be that of the old one. Remembering how files of a number
 * were dated lets the new one be dated otherwise.
 */
export class RetiredFiles {
  readonly #clock: Clock;
  readonly #mtimes = new Map<string, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers a file that was deleted or replaced, unless it was made long ago. */
  add(status: FileStatus): void {
    const { mtimeMs, bornMs, tellsBirth } = status;
    if (Math.max(mtimeMs, bornMs) < this.#clock.now() - LAG_MS - (tellsBirth ? 0 : 1000)) return;
    const name = nameOf(status);
    const before = this.#mtimes.get(name) ?? [];
    this.#mtimes.delete(name);
    this.#mtimes.set(name, [...before.slice(-MOST), mtimeMs]);
    if (this.#mtimes.size <= MOST) return;
    for (const oldest of this.#mtimes.keys()) {
      this.#mtimes.delete(oldest);
      break;
    }
  }

  /** How files were dated that had this one's number before, the last one last. */
  mtimesBefore(status: FileStatus): readonly number[] {
    return this.#mtimes.get(nameOf(status)) ?? [];
  }
}

function nameOf({ dev, ino }: FileStatus): string {
  return `${dev}:${ino}`;
}
