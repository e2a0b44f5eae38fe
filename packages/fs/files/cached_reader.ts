import { system, type SystemFile } from "@lade/core/system";
import { type FileStatus, statusOf } from "./file_status.ts";
import { type IoGate, readMs } from "./io_gate.ts";
import type { ReadableFile } from "./medium.ts";

/** Largest read that may hold up the event loop. */
const MAX_SYNC_BYTES = 2 ** 20;

/** Reads through the page cache. */
export class CachedReader implements ReadableFile {
  readonly #file: SystemFile;
  readonly #gate: IoGate;
  #at = 0;
  /** Whether the last read needed no disk, so that the status needs none. */
  #isCached = false;

  constructor(file: SystemFile, gate: IoGate) {
    this.#file = file;
    this.#gate = gate;
  }

  statusSync(): FileStatus {
    return statusOf(this.#file.statSync());
  }

  status(): FileStatus | Promise<FileStatus> {
    return this.#isCached ? this.statusSync() : this.#file.stat().then(statusOf);
  }

  read(target: Uint8Array, position: number): number | Promise<number> {
    if (target.length > MAX_SYNC_BYTES) return this.#readLater(target, position);
    return this.#gate.run(
      () => this.#readNow(target, position),
      () => this.#readLater(target, position),
      readMs(target.length),
    );
  }

  close(): void {
    this.#file.close();
  }

  #readNow(target: Uint8Array, position: number): number {
    this.#isCached = true;
    this.#seek(position);
    return this.#advance(this.#file.readSync(target));
  }

  async #readLater(target: Uint8Array, position: number): Promise<number> {
    this.#isCached = false;
    this.#seek(position);
    return this.#advance(await this.#file.read(target));
  }

  #seek(position: number): void {
    if (position !== this.#at) this.#at = this.#file.seekSync(position, system.SeekMode.Start);
  }

  #advance(read: number | null): number {
    const count = read ?? 0;
    this.#at += count;
    return count;
  }
}
