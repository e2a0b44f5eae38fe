import type { ObjectPart, PutResult, WriteSink } from "@lade/core";
import { fileError } from "../files/file_error.ts";
import type { NewFile, PartFile, WritableFile } from "../files/medium.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { TemporaryFile } from "./temporary_file.ts";
import { append, dropWrite, finishWrite } from "./write_file.ts";
import type { WriteRequest } from "./write_request.ts";

/** Parts that keep a disk busy. */
const CONCURRENCY = 4;

/** Writes a temporary file that becomes the object at the end. */
abstract class LocalSink<File extends NewFile> implements WriteSink {
  readonly uri: string;
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly dropsQuickly = true;
  protected readonly file: File;
  readonly #setup: LocalSetup;
  readonly #request: WriteRequest;
  readonly #temporary: TemporaryFile<File>;

  constructor(setup: LocalSetup, request: WriteRequest, temporary: TemporaryFile<File>) {
    this.uri = request.subject.uri;
    this.concurrency = request.options.concurrency ?? CONCURRENCY;
    // What is written into, such as a pipe, has no places.
    this.ordered = temporary.target === undefined;
    this.file = temporary.file;
    this.#setup = setup;
    this.#request = request;
    this.#temporary = temporary;
  }

  writePart(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#mapped(signal, bytes.length, () => this.write(part, bytes, signal));
  }

  commit(size: number, signal: AbortSignal): Promise<PutResult> {
    const work = () => finishWrite(this.#setup, this.#request, this.#temporary, size, signal);
    return this.#mapped(signal, 0, work);
  }

  drop(): Promise<void> {
    return dropWrite(this.#setup, this.#temporary);
  }

  protected abstract write(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void>;

  async #mapped<T>(signal: AbortSignal, bytes: number, work: () => Promise<T>): Promise<T> {
    const { figures } = this.#setup;
    const { nowMs } = figures;
    try {
      signal.throwIfAborted();
      const done = await work();
      figures.wrote(bytes, nowMs);
      return done;
    } catch (error) {
      throw fileError(error, this.#request.subject, signal);
    }
  }
}

/** Adds chunks at the end of the file. */
export class LocalStreamSink extends LocalSink<WritableFile> {
  protected override write(_: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return append(this.file, bytes, signal);
  }
}

/** Writes parts to their places in the file. */
export class LocalPartSink extends LocalSink<PartFile> {
  protected override write({ offset }: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.file.writeAt(bytes, offset, signal);
  }
}
