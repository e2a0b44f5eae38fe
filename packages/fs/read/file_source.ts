import type { DiskFigures } from "../files/disk_figures.ts";
import {
  type BodySource,
  type CallName,
  PreconditionFailedError,
  UnsupportedError,
} from "@lade/core/backend";
import { fileError } from "../files/file_error.ts";
import type { FileStatus } from "../files/file_status.ts";
import type { ReadableFile } from "../files/medium.ts";

/** Bytes asked for in one call; an abort waits for no more than these. */
const MAX_READ_BYTES = 2 ** 24;

/** What a {@linkcode FileSource} is made of. */
export interface FileSourceSetup {
  readonly file: ReadableFile;
  /** The file's status when it was opened. */
  readonly status: FileStatus;
  /** Where to start. */
  readonly offset: number;
  readonly subject: CallName;
  /** Counts what is read. */
  readonly figures: DiskFigures;
}

/** The bytes of an open file, and at their end a look whether it is still as it was. */
export class FileSource implements BodySource {
  readonly #file: ReadableFile;
  readonly #status: FileStatus;
  readonly #subject: CallName;
  readonly #figures: DiskFigures;
  #position: number;
  #reading: Promise<number> | undefined;

  constructor(setup: FileSourceSetup) {
    this.#file = setup.file;
    this.#status = setup.status;
    this.#subject = setup.subject;
    this.#figures = setup.figures;
    this.#position = setup.offset;
  }

  read(target: Uint8Array): number | Promise<number> {
    const piece = target.length > MAX_READ_BYTES ? target.subarray(0, MAX_READ_BYTES) : target;
    try {
      const { nowMs } = this.#figures;
      const count = this.#file.read(piece, this.#position);
      return typeof count === "number"
        ? this.#advance(count, nowMs)
        : this.#reading = this.#readLater(count, nowMs);
    } catch (error) {
      throw fileError(error, this.#subject);
    }
  }

  close(complete: boolean): void | Promise<void> {
    let last: void | Promise<unknown>;
    try {
      last = complete ? this.#checkUnchanged() : this.#reading?.catch(() => {});
    } catch (error) {
      this.#file.close();
      throw error;
    }
    return last ? this.#closeAfter(last) : this.#file.close();
  }

  async #readLater(count: Promise<number>, sinceMs: number): Promise<number> {
    try {
      return this.#advance(await count, sinceMs);
    } catch (error) {
      throw fileError(error, this.#subject);
    }
  }

  #advance(count: number, sinceMs: number): number {
    this.#figures.read(count, sinceMs);
    if (count === 0) throw this.#changed("it became shorter");
    this.#position += count;
    return count;
  }

  async #closeAfter(last: Promise<unknown>): Promise<void> {
    try {
      await last;
    } finally {
      this.#file.close();
    }
  }

  #checkUnchanged(): void | Promise<void> {
    if (this.#status.size === 0) return this.#checkEmpty();
    const now = this.#file.status();
    return now instanceof Promise ? now.then((now) => this.#compare(now)) : this.#compare(now);
  }

  /** A file of no bytes may have some: those of /proc have no size. */
  #checkEmpty(): void | Promise<void> {
    const count = this.#file.read(new Uint8Array(1), 0);
    return count instanceof Promise
      ? count.then((count) => this.#refuseBytes(count))
      : this.#refuseBytes(count);
  }

  #refuseBytes(count: number): void {
    if (count === 0) return;
    const detail = "the system tells no size of it, as of files in /proc, or it grew";
    throw new UnsupportedError({ ...this.#subject, detail, advice: "read it by Deno.readFile" });
  }

  #compare(now: FileStatus): void {
    if (now.size !== this.#status.size) {
      throw this.#changed(`it had ${this.#status.size} bytes and now has ${now.size}`);
    }
    if (now.mtimeMs !== this.#status.mtimeMs) throw this.#changed("it was written to");
  }

  #changed(detail: string): PreconditionFailedError {
    return new PreconditionFailedError({
      ...this.#subject,
      detail: `the file changed while it was read, ${detail}`,
    });
  }
}
