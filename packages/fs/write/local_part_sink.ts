import type { ObjectPart, PartSink, PutResult } from "@lade/core";
import { fileError } from "../files/file_error.ts";
import type { PartFile } from "../files/medium.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import type { TemporaryFile } from "./temporary_file.ts";
import { dropWrite, finishWrite, type WriteRequest } from "./write_file.ts";

/** Parts that keep a disk busy. */
const CONCURRENCY = 4;

/** Writes parts to their places in a temporary file that becomes the object at the end. */
export class LocalPartSink implements PartSink {
  readonly concurrency: number;
  readonly #parts: LocalParts;
  readonly #request: WriteRequest;
  readonly #temporary: TemporaryFile<PartFile>;
  readonly #size: number;

  constructor(parts: LocalParts, request: WriteRequest, temporary: TemporaryFile<PartFile>, size: number) {
    this.#parts = parts;
    this.#request = request;
    this.#temporary = temporary;
    this.#size = size;
    this.concurrency = request.options.concurrency ?? CONCURRENCY;
  }

  async write({ offset }: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#mapped(signal, () => this.#temporary.file.writeAt(bytes, offset, signal));
  }

  async finish(signal: AbortSignal): Promise<PutResult> {
    const work = () => finishWrite(this.#parts, this.#request, this.#temporary, this.#size, signal);
    return await this.#mapped(signal, work);
  }

  drop(): Promise<void> {
    return dropWrite(this.#parts, this.#temporary);
  }

  async #mapped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw fileError(error, this.#request.subject, signal);
    }
  }
}
