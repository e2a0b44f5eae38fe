import type { SyncMode } from "../names/local_config.ts";
import { type FileStatus, statusOf } from "./file_status.ts";
import type { IoGate } from "./io_gate.ts";
import type { PartFile } from "./medium.ts";
import { writeFully } from "./write_fully.ts";

/** Writes parts through the page cache, each by a descriptor of its own: calls on one descriptor wait for each other. */
export class CachedPartFile implements PartFile {
  readonly #path: string;
  readonly #gate: IoGate;
  readonly #files: Deno.FsFile[];
  readonly #idle: Deno.FsFile[];
  #closed = false;

  /** Takes over `file`, open for writing at `path`. */
  constructor(file: Deno.FsFile, path: string, gate: IoGate) {
    this.#path = path;
    this.#gate = gate;
    this.#files = [file];
    this.#idle = [file];
  }

  async writeAt(bytes: Uint8Array, position: number): Promise<void> {
    const file = this.#idle.pop() ?? await this.#open();
    try {
      file.seekSync(position, Deno.SeekMode.Start);
      await writeFully(file, bytes, this.#gate);
    } finally {
      this.#idle.push(file);
    }
  }

  async finish(sync: SyncMode): Promise<FileStatus> {
    const file = this.#idle[0] ?? await this.#open();
    // What one descriptor syncs is the file, whichever of them wrote it.
    if (sync === "data") await file.syncData();
    if (sync === "full") await file.sync();
    const status = await this.#gate.run(() => file.statSync(), () => file.stat());
    await this.close();
    return statusOf(status);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of this.#files) file.close();
  }

  async #open(): Promise<Deno.FsFile> {
    const options = { write: true };
    const file = await this.#gate.run(
      () => Deno.openSync(this.#path, options),
      () => Deno.open(this.#path, options),
    );
    this.#files.push(file);
    return file;
  }
}
