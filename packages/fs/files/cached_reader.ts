import { type FileStatus, statusOf } from "./file_status.ts";
import { allowedMs, type IoGate } from "./io_gate.ts";
import type { ReadableFile } from "./medium.ts";

/** Largest read that may hold up the event loop. */
const MAX_SYNC_BYTES = 2 ** 20;

/** Reads through the page cache. */
export class CachedReader implements ReadableFile {
  readonly #file: Deno.FsFile;
  readonly #gate: IoGate;
  #at = 0;
  /** Whether the last read needed no disk, so that the status needs none. */
  #isCached = false;

  constructor(file: Deno.FsFile, gate: IoGate) {
    this.#file = file;
    this.#gate = gate;
  }

  statusSync(): FileStatus {
    return statusOf(this.#file.statSync());
  }

  async status(): Promise<FileStatus> {
    return statusOf(this.#isCached ? this.#file.statSync() : await this.#file.stat());
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const quick = this.#isCached = target.length <= MAX_SYNC_BYTES && this.#gate.enter();
    try {
      if (position !== this.#at) this.#at = this.#file.seekSync(position, Deno.SeekMode.Start);
      const count = (quick ? this.#file.readSync(target) : await this.#file.read(target)) ?? 0;
      this.#at += count;
      return count;
    } finally {
      this.#gate.leave(quick, allowedMs(target.length));
    }
  }

  close(): void {
    this.#file.close();
  }
}
