import { crc32c, crc32cFromBase64 } from "@lade/codec/checksum";
import {
  formatToken,
  type ObjectPart,
  partLength,
  type PutResult,
  UnsupportedError,
  type WriteToken,
} from "@lade/core/backend";
import type { PartFile } from "../files/medium.ts";
import { recordPath, uploadName } from "../names/temporary_name.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";
import { LocalPartSink, type PartPour } from "../write/local_sink.ts";
import { resolveTarget } from "../write/resolve_target.ts";
import type { TemporaryFile } from "../write/temporary_file.ts";
import { beginWrite } from "../write/write_file.ts";
import type { WriteRequest } from "../write/write_request.ts";
import { RecordFile, uploadGone } from "./record_file.ts";
import { checkDoubtful } from "./check_doubtful.ts";
import { findUpload } from "./find_upload.ts";

/** What goes on with a write. */
interface Upload {
  readonly id: string;
  readonly record: RecordFile;
  readonly temporary: TemporaryFile<PartFile>;
}

/**
 * Writes parts to their places in a hidden file and records those that are written: once they are on the disk, or where
 * nobody asked to wait for that with their checksum, by which what the end of a machine takes away is found out. Both
 * files stay until the write is closed or aborted.
 */
export class ResumableSink extends LocalPartSink {
  readonly #request: WriteRequest;
  readonly #upload: Upload;

  private constructor(setup: LocalSetup, request: WriteRequest, upload: Upload) {
    super(setup, request, upload.temporary);
    this.#request = request;
    this.#upload = upload;
  }

  /** Begins a write of `size` bytes. */
  static async begin(
    setup: LocalSetup,
    request: WriteRequest,
    size: number,
    partSize: number,
  ): Promise<ResumableSink> {
    const { subject, options: { concurrency } } = request;
    const { calls, medium, context } = setup;
    let id = "";
    let record: RecordFile | undefined;
    try {
      const temporary = await beginWrite<PartFile>(setup, request, {
        nameOf: () => uploadName(id = randomId()),
        create: async (path, target) => {
          await record?.remove();
          const name = target.slice(target.lastIndexOf("/") + 1);
          const header = { name, size, partSize, begunMs: context.clock.now() };
          record = await RecordFile.create(recordPath(path), header, subject);
          return await medium.createParts(path, size, concurrency);
        },
        special: (file) => {
          void file.close();
          throw new UnsupportedError({
            ...subject,
            detail: "what a pipe or device was given cannot be resumed",
          });
        },
      });
      if (!record) throw new TypeError("Cannot begin an upload without a record");
      await calls.syncDirectory(directoryOf(temporary.path));
      return new ResumableSink(setup, request, { id, record, temporary });
    } catch (error) {
      await record?.remove();
      throw error;
    }
  }

  /** Goes on with the write of a token, and returns the parts that are on the disk. */
  static async resume(
    setup: LocalSetup,
    request: WriteRequest,
    token: WriteToken,
  ): Promise<{ readonly sink: ResumableSink; readonly written: readonly number[] }> {
    const { calls, medium, context } = setup;
    const { subject, path, options } = request;
    const { id, size, partSize } = token;
    const target = await resolveTarget(setup, subject, path, options);
    const found = await findUpload(setup, [target.path, path], id);
    if (found === undefined) throw uploadGone(subject);
    await setup.tree.check(subject, directoryOf(found));
    const { record, read } = await RecordFile.open(calls, recordPath(found), subject, context.clock);
    try {
      const status = await calls.present(calls.lstat(found));
      const { header } = read;
      const isWhole = status?.kind === "file" && header.size === size && header.partSize === partSize;
      if (!isWhole) throw uploadGone(subject);
      const written = (await checkDoubtful(found, read)).filter((index) =>
        index * partSize + (partLength(index, header) ?? 0) <= status.size
      );
      const file = await medium.reopenParts(found, size, options.concurrency);
      const temporary = { path: found, file, target: target.path };
      return { sink: new ResumableSink(setup, request, { id, record, temporary }), written };
    } catch (error) {
      record.close();
      throw error;
    }
  }

  /** Names the write. */
  token(size: number, partSize: number): string {
    const { options } = this.#request;
    return formatToken({ uri: this.uri, id: this.#upload.id, size, partSize, options, own: {} });
  }

  override async commit(size: number, signal: AbortSignal): Promise<PutResult> {
    const { record, temporary } = this.#upload;
    try {
      const result = await super.commit(size, signal);
      await record.remove();
      return result;
    } catch (error) {
      const { calls } = this.setup;
      const isThere = await calls.present(calls.lstat(temporary.path)).catch(() => true);
      throw isThere ? error : uploadGone(this.#request.subject);
    }
  }

  /** Closes the files. */
  async leave(): Promise<void> {
    await this.#upload.temporary.file.close();
    this.#upload.record.close();
  }

  override async drop(): Promise<void> {
    await super.drop();
    await this.#upload.record.remove();
  }

  protected override async write(part: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    await super.write(part, bytes, signal);
    await this.#record(part, () => crc32c(bytes));
  }

  protected override async fill(part: ObjectPart, pour: PartPour): Promise<void> {
    const { sums } = await pour(waitsForDisk(this.setup) ? [] : ["crc32c"]);
    await this.#record(part, () => crc32cFromBase64(sums.crc32c ?? ""));
  }

  /** Records a part that is written; `sum` gives its CRC-32C. */
  async #record(part: ObjectPart, sum: () => number): Promise<void> {
    const { record } = this.#upload;
    await (waitsForDisk(this.setup)
      ? record.add(part, () => this.file.sync())
      : record.addDoubtful({ ...part, crc32c: sum() }));
  }
}

/** Whether parts count once they are on the disk. Past the page cache there is little left to wait for. */
export function waitsForDisk({ config, medium }: LocalSetup): boolean {
  return config.sync !== "none" || !medium.writeSync;
}

/** An id that no other write has, whatever source of random numbers the store was given. */
function randomId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(16);
}
