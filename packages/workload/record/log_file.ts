import type { ObjectWriter, PutResult } from "@lade/core";
import { AlreadyExistsError, NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { system, type SystemFile } from "@lade/core/system";

/**
 * A local file that is seen while it is written, and stays when its process is killed: a log that others would only show
 * at its end is lost then. One that exists is never replaced.
 */
export class LogFile implements ObjectWriter {
  readonly #path: string;
  readonly #file: SystemFile;
  #bytes = 0;
  #isOpen = true;

  private constructor(path: string, file: SystemFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file. One that exists is an `AlreadyExistsError`; a directory that does not, a `NotFoundError`. */
  static async create(path: string): Promise<LogFile> {
    try {
      return new LogFile(path, await system.open(path, { write: true, createNew: true }));
    } catch (error) {
      throw unopened(path, error);
    }
  }

  /** Bytes that were written. */
  get bytesWritten(): number {
    return this.#bytes;
  }

  /** Adds bytes. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.length;) done += await this.#file.write(chunk.subarray(done));
    this.#bytes += chunk.length;
  }

  /** Waits for the disk, and closes the file. One that was removed or renamed meanwhile is a `NotFoundError`. */
  async close(): Promise<PutResult> {
    if (!this.#isOpen) throw new TypeError(`Cannot close ${JSON.stringify(this.#path)}: it is closed`);
    this.#isOpen = false;
    try {
      await this.#file.sync();
      await this.#checkItIsThere();
      return { size: this.#bytes, etag: "" };
    } finally {
      this.#file.close();
    }
  }

  /** A command may delete what it finds where its own log lies. */
  async #checkItIsThere(): Promise<void> {
    const written = await this.#file.stat();
    const found = await system.lstat(this.#path).catch((error) => {
      // Who may not look does not know that it is gone.
      return error instanceof system.errors.NotFound ? undefined : written;
    });
    if (found && found.ino === written.ino && found.dev === written.dev) return;
    throw new NotFoundError({
      operation: "finish the op-log",
      uri: this.#path,
      detail: "it was removed, renamed or replaced while it was written",
      advice: "choose a place that the command does not change",
    });
  }

  /** What was written stays: it is what is known until then. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }

  /** Closes a file that is not closed; what was written stays. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort();
  }
}

/** Why a log cannot be begun. */
function unopened(path: string, error: unknown): unknown {
  const { AlreadyExists, NotADirectory, NotFound, PermissionDenied } = system.errors;
  const call = { operation: "write the op-log to", uri: path, cause: error };
  if (error instanceof AlreadyExists) {
    const advice = "remove it, or choose another name";
    return new AlreadyExistsError({ ...call, detail: "the file exists", advice });
  }
  if (error instanceof NotFound || error instanceof NotADirectory) {
    return new NotFoundError({ ...call, detail: "there is no such directory", advice: "make it first" });
  }
  if (error instanceof PermissionDenied) {
    return new PermissionDeniedError({ ...call, detail: "the system does not allow it" });
  }
  return error;
}
