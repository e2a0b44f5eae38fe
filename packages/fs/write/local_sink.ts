import type { CombinableName, ObjectPart, Poured, PutResult, WriteSink } from "@lade/core";
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
  protected readonly setup: LocalSetup;
  readonly #request: WriteRequest;
  readonly #temporary: TemporaryFile<File>;

  constructor(setup: LocalSetup, request: WriteRequest, temporary: TemporaryFile<File>) {
    this.uri = request.subject.uri;
    this.concurrency = request.options.concurrency ?? CONCURRENCY;
    // What is written into, such as a pipe, has no places.
    this.ordered = temporary.target === undefined;
    this.file = temporary.file;
    this.setup = setup;
    this.#request = request;
    this.#temporary = temporary;
  }

  writePart(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const { figures } = this.setup;
    const { nowMs } = figures;
    return this.mapped(signal, async () => {
      await this.write(part, bytes, signal);
      figures.wrote(bytes.length, nowMs);
    });
  }

  commit(size: number, signal: AbortSignal): Promise<PutResult> {
    const { figures } = this.setup;
    const { nowMs } = figures;
    return this.mapped(signal, async () => {
      const result = await finishWrite(this.setup, this.#request, this.#temporary, size, signal);
      figures.wrote(0, nowMs);
      return result;
    });
  }

  drop(): Promise<void> {
    return dropWrite(this.setup, this.#temporary);
  }

  protected abstract write(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void>;

  /** Does some work on the file; what fails is an error of the object. */
  protected async mapped<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      throw fileError(error, this.#request.subject, signal);
    }
  }
}

/** Has the bytes of a part put into their place, and the given checksums of them computed. */
export type PartPour = (sums: readonly CombinableName[]) => Promise<Poured>;

/** Adds chunks at the end of the file. */
export class LocalStreamSink extends LocalSink<WritableFile> {
  protected override write(_: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return append(this.file, bytes, signal);
  }
}

/** Writes parts to their places in the file. */
export class LocalPartSink extends LocalSink<PartFile> {
  readonly fillPart: WriteSink["fillPart"];
  readonly bulk: WriteSink["bulk"];

  constructor(setup: LocalSetup, request: WriteRequest, temporary: TemporaryFile<PartFile>) {
    super(setup, request, temporary);
    const { file } = this;
    if (file.wantsShared) this.bulk = { expect: () => file.wantsShared?.() ?? false };
    if (!file.region) return;
    const region = file.region.bind(file);
    const fillPart: WriteSink["fillPart"] = (part, fill, signal) => {
      const pour: PartPour = async (sums) => {
        const poured = await fill(region(part.offset, part.length), sums, signal);
        setup.figures.poured(poured);
        this.#writeBack(part);
        return poured;
      };
      return this.mapped(signal, () => this.fill(part, pour));
    };
    this.fillPart = fillPart;
  }

  /** Has a part written by somebody else: `pour` gives what was poured, with the checksums that are wanted. */
  protected async fill(_: ObjectPart, pour: PartPour): Promise<void> {
    await pour([]);
  }

  protected override async write(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.file.writeAt(bytes, part.offset, signal);
    this.#writeBack(part);
  }

  /** What is waited for at the end is on its way by then. */
  #writeBack({ length }: ObjectPart): void {
    if (this.setup.config.sync !== "none") this.file.writeBack?.(length);
  }
}
