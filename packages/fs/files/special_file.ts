import type { SystemFile } from "@lade/core/system";
import { statusOf } from "./file_status.ts";
import type { FileStatus } from "./file_status.ts";
import type { PartFile, WritableFile } from "./medium.ts";

/** Bytes handed to the system in one call; an abort waits for no more than these. */
const MAX_WRITE_BYTES = 2 ** 20;

/**
 * A pipe, device or descriptor that is written into from its start to its end; parts have to come in order. Nothing can be
 * taken back, and there is no state to be put on a disk.
 */
export class SpecialFile implements WritableFile, PartFile {
  readonly #file: SystemFile;
  #closed = false;

  /** Takes over `file`, open for writing. */
  constructor(file: SystemFile) {
    this.#file = file;
  }

  async append(chunk: Uint8Array, signal?: AbortSignal): Promise<void> {
    // Never synchronously: a pipe takes no more than its reader does.
    for (let done = 0; done < chunk.length;) {
      signal?.throwIfAborted();
      done += await this.#file.write(chunk.subarray(done, done + MAX_WRITE_BYTES));
    }
  }

  writeAt(bytes: Uint8Array, _position: number, signal: AbortSignal): Promise<void> {
    return this.append(bytes, signal);
  }

  async sync(): Promise<void> {}

  async finish(): Promise<FileStatus> {
    const status = await this.#file.stat();
    await this.close();
    return statusOf(status);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }
}
