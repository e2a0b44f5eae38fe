import type { Clock } from "@lade/core";
import type { FileStatus } from "../files/file_status.ts";

/** How far a file system's time of change may lie behind the clock. */
const LAG_MS = 20;
/** Files remembered; more are not deleted within the lag. */
const MOST = 4096;

/**
 * Files that lost their name a moment ago. The system gives their numbers to new files at once; were such a file
 * written in the same millisecond and as large, its etag would be that of the old one. Remembering when a number was
 * last used lets the new file be dated later.
 */
export class RetiredFiles {
  readonly #clock: Clock;
  readonly #mtimes = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers a file that was deleted or replaced, unless it was made long ago. */
  add(status: FileStatus): void {
    const { mtimeMs, bornMs, tellsBirth } = status;
    if (Math.max(mtimeMs, bornMs) < this.#clock.now() - LAG_MS - (tellsBirth ? 0 : 1000)) return;
    this.#mtimes.delete(nameOf(status));
    this.#mtimes.set(nameOf(status), status.mtimeMs);
    if (this.#mtimes.size <= MOST) return;
    for (const oldest of this.#mtimes.keys()) {
      this.#mtimes.delete(oldest);
      break;
    }
  }

  /** When the file that had this one's number before was changed, if that may matter. */
  mtimeBefore(status: FileStatus): number | undefined {
    return this.#mtimes.get(nameOf(status));
  }
}

function nameOf({ dev, ino }: FileStatus): string {
  return `${dev}:${ino}`;
}
