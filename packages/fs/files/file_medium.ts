import { type FileStatus, statusOf } from "./file_status.ts";
import type { ReadHints, StoreContext } from "@lade/core";
import type { RangeToFill } from "@lade/core/seams";
import { system, type SystemFile } from "@lade/core/system";
import { type IoGate, readMs } from "./io_gate.ts";
import type { Medium, PartFile, ReadableFile, WritableFile } from "./medium.ts";
import { CachedPartFile } from "./cached_part_file.ts";
import { CachedReader } from "./cached_reader.ts";
import { CachedWriter } from "./cached_writer.ts";

/** One descriptor per chunk lets up to four overlap; a reader in order is best served by the system's own read-ahead. */
const READ_HINTS: ReadHints = {
  firstChunkSize: 8 * 2 ** 20,
  coalesceGap: 4096,
  chunkSize: 8 * 2 ** 20,
  sequentialConcurrency: 2,
  streams: 4,
  alignment: 4096,
};

/** Few enough bytes to stay in a core's own cache between being received and being written. */
const PART_SIZE = 2 ** 20;

/** How a file is opened that does not exist yet. */
const NEW: Deno.OpenOptions = { write: true, createNew: true };

/** Files through the page cache. */
export class FileMedium implements Medium {
  readonly readHints = READ_HINTS;
  readonly readWidth = { initial: 4, maximum: 8 };
  readonly #gate: IoGate;
  readonly #context: StoreContext;

  constructor(gate: IoGate, context: StoreContext) {
    this.#gate = gate;
    this.#context = context;
  }

  openSync(path: string): ReadableFile {
    return new CachedReader(system.openSync(path), this.#gate);
  }

  readSync(path: string, target: Uint8Array, position: number): FileStatus | undefined {
    return this.readRangesSync(path, [{ offset: position, target }]);
  }

  readRangesSync(path: string, ranges: readonly RangeToFill[]): FileStatus | undefined {
    this.#gate.allow(readMs(ranges.reduce((sum, { target }) => sum + target.length, 0)));
    const file = system.openSync(path);
    try {
      let position = 0;
      for (const { offset, target } of ranges) {
        if (offset !== position) file.seekSync(offset, system.SeekMode.Start);
        const count = target.length === 0 ? 0 : file.readSync(target);
        if (count !== target.length) return undefined;
        position = offset + count;
      }
      return statusOf(file.statSync());
    } finally {
      file.close();
    }
  }

  writeSync(path: string, data: Uint8Array, mtimeMs: number | undefined): FileStatus {
    const file = system.openSync(path, NEW);
    try {
      for (let done = 0; done < data.length;) {
        done += file.writeSync(done === 0 ? data : data.subarray(done));
      }
      if (mtimeMs !== undefined) {
        const time = new Date(mtimeMs);
        file.utimeSync(time, time);
      }
      return statusOf(file.statSync());
    } catch (error) {
      removeSync(path);
      throw error;
    } finally {
      file.close();
    }
  }

  async open(path: string): Promise<ReadableFile> {
    return new CachedReader(await system.open(path), this.#gate);
  }

  async create(path: string): Promise<WritableFile> {
    return new CachedWriter(await this.#create(path), this.#gate, this.#context);
  }

  async createParts(path: string, _size: number, concurrency?: number): Promise<PartFile> {
    return new CachedPartFile(await this.#create(path), path, this.#gate, concurrency);
  }

  async reopenParts(path: string, _size: number, concurrency?: number): Promise<PartFile> {
    return new CachedPartFile(await system.open(path, { write: true }), path, this.#gate, concurrency);
  }

  partSize(wanted: number = PART_SIZE): number {
    return wanted;
  }

  async #create(path: string): Promise<SystemFile> {
    return await this.#gate.run(() => system.openSync(path, NEW), () => system.open(path, NEW));
  }
}

/** Removes an unfinished file. What cannot be removed is left to `sweepTemporaries`. */
export function removeSync(path: string): void {
  try {
    system.removeSync(path);
  } catch {
    // The failure before it is the one to tell.
  }
}
