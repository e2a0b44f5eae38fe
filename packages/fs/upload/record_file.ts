import type { ObjectPart } from "@lade/core";
import { type CallName, type Clock, NotFoundError, UnavailableError } from "@lade/core/backend";
import { closeLocked, system, type SystemFile } from "@lade/core/system";
import { isSameFile, statusOf } from "../files/file_status.ts";
import type { FileCalls } from "../tree/file_calls.ts";
import { tryLock, waitForLock } from "../write/lock_object.ts";
import {
  headerLine,
  partLines,
  type ReadRecord,
  readRecord,
  type RecordedPart,
  type RecordHeader,
} from "./part_record.ts";

/** How long a writer that has just ended is waited for. */
const LOCK_PATIENCE_MS = 500;

const encoder = new TextEncoder();

/**
 * The record of a write, locked for as long as it is open: the end of a process is the end of its lock. Parts are added
 * once their bytes are on the disk.
 */
export class RecordFile {
  /** Its path. */
  readonly path: string;
  readonly #file: SystemFile;
  #due: ObjectPart[] = [];
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #isOpen = true;

  private constructor(path: string, file: SystemFile) {
    this.path = path;
    this.#file = file;
  }

  /** Makes the record of a new write. */
  static async create(path: string, header: RecordHeader, subject: CallName): Promise<RecordFile> {
    const record = new RecordFile(path, await system.open(path, { write: true, createNew: true }));
    try {
      await tryLock(record.#file, subject);
      await record.#append(headerLine(header));
      return record;
    } catch (error) {
      await record.remove();
      throw error;
    }
  }

  /**
   * Opens a record to go on with, and cuts off what is torn. One that is gone, or damaged from its start, is a
   * `NotFoundError`; one that another writer has open is an `UnavailableError`.
   */
  static async open(
    calls: FileCalls,
    path: string,
    subject: CallName,
    clock: Clock,
  ): Promise<{ readonly record: RecordFile; readonly read: ReadRecord }> {
    const file = await calls.present(system.open(path, { read: true, write: true }));
    if (!file) throw uploadGone(subject);
    const record = new RecordFile(path, file);
    try {
      if (await waitForLock(file, subject, clock, LOCK_PATIENCE_MS) !== undefined) {
        throw new UnavailableError({
          ...subject,
          detail: "another writer is at it; end or detach that one first",
        });
      }
      // It may have been closed or aborted before the lock was had.
      const named = await calls.present(calls.lstat(path));
      if (!named || !isSameFile(named, statusOf(await file.stat()))) throw uploadGone(subject);
      const read = readRecord(await readWhole(file));
      if (!read) throw uploadGone(subject, "its record is damaged: start again");
      await file.truncate(read.intactBytes);
      await file.seek(0, system.SeekMode.End);
      return { record, read };
    } catch (error) {
      record.close();
      throw error;
    }
  }

  /**
   * Records a part, after `sync` has put its bytes on the disk; resolves once the record is there too. Parts that come
   * while others are synced share the next turn.
   */
  add(part: ObjectPart, sync: () => Promise<void>): Promise<void> {
    this.#due.push(part);
    if (!this.#next) {
      this.#next = this.#last.then(async () => {
        this.#next = undefined;
        const due = this.#due.splice(0);
        await sync();
        await this.#append(partLines(due));
      });
      this.#last = this.#next;
    }
    return this.#next;
  }

  /**
   * Records a part that may not be on the disk yet, by its checksum: that survives the end of the process, and what the
   * machine's end takes away is found out. Resolves once the system has the record.
   */
  addDoubtful(part: RecordedPart & { readonly crc32c: number }): Promise<void> {
    const last = this.#last.then(() => this.#write(partLines([part])));
    this.#last = last.catch(() => {});
    return last;
  }

  /** Removes it. */
  async remove(): Promise<void> {
    await system.remove(this.path).catch(() => {});
    this.close();
  }

  /** Closes it, which ends its lock. No call is in flight; a second call does nothing. */
  close(): void {
    if (this.#isOpen) closeLocked(this.#file);
    this.#isOpen = false;
  }

  async #append(lines: string): Promise<void> {
    await this.#write(lines);
    await this.#file.syncData();
  }

  async #write(lines: string): Promise<void> {
    const bytes = encoder.encode(lines);
    for (let done = 0; done < bytes.length;) done += await this.#file.write(bytes.subarray(done));
  }
}

/** The bytes of a file that was just opened; by its own descriptor, for on Windows its lock keeps out all others. */
async function readWhole(file: SystemFile): Promise<Uint8Array> {
  const bytes = new Uint8Array((await file.stat()).size);
  let length = 0;
  for (let count; length < bytes.length && (count = await file.read(bytes.subarray(length))) !== null;) {
    length += count;
  }
  return bytes.subarray(0, length);
}

/** The error of a write that cannot be gone on with. */
export function uploadGone(
  subject: CallName,
  detail = "no such upload; it was closed, aborted or swept: start again",
): NotFoundError {
  return new NotFoundError({ ...subject, detail });
}
