import type { AdaptiveLimitConfig, FileRegion, ReadHints } from "@lade/core";
import type { RangeToFill } from "@lade/core/seams";
import type { SyncMode } from "../names/local_config.ts";
import type { FileStatus } from "./file_status.ts";

/** A file open for reading. */
export interface ReadableFile {
  /** Its status, synchronously. */
  statusSync(): FileStatus;
  /** Its status, by another thread where that blocks. */
  status(): FileStatus | Promise<FileStatus>;
  /** Reads at `position` to the start of `target` (never empty) and returns the number of bytes, 0 at the end. */
  read(target: Uint8Array, position: number): number | Promise<number>;
  /** Closes it. No read is in flight. */
  close(): void;
}

/** A new file that is not finished. */
export interface NewFile {
  /** Writes what is still buffered, waits for the disk as `sync` asks, closes the file and returns its status. */
  finish(sync: SyncMode): Promise<FileStatus>;
  /** Closes it, complete or not, and frees its buffers. No other call is in flight; a second call does nothing. */
  close(): Promise<void>;
}

/** A new file being written from its start to its end. One call at a time. */
export interface WritableFile extends NewFile {
  /** Adds bytes; they may be reused afterwards. */
  append(chunk: Uint8Array): Promise<void>;
}

/** A new file of known size being written in parts, several concurrently. */
export interface PartFile extends NewFile {
  /**
   * Writes `bytes`, which are in use until this settles, at `position`, unless the signal ends it. No two calls touch
   * the same bytes.
   */
  writeAt(bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void>;
  /** Whether bytes are best given in shared memory, which threads write from; missing where there are none. */
  wantsShared?(): boolean;
  /** A place in the file, for somebody else to write; missing where only `writeAt` may. */
  region?(offset: number, length: number): FileRegion;
  /**
   * Counts bytes that were written or poured, and has them brought to the disk while more come: of a file that is waited for at
   * its end. Missing where they are there already.
   */
  writeBack?(bytes: number): void;
  /** Waits until what was written is on the disk. */
  sync(): Promise<void>;
}

/** How bytes get from and into files: through the page cache (`file://`) or past it (`direct://`). */
export interface Medium {
  /** How its reads are best cut. */
  readonly readHints: ReadHints;
  /** How many chunks are read at a time: at first, and at most. */
  readonly readWidth: Pick<AdaptiveLimitConfig, "initial" | "maximum">;
  /** Opens a file to be read, synchronously. */
  openSync(path: string): ReadableFile;
  /**
   * Fills `target` with the bytes of a file from `position` on, synchronously, and returns the file's status after that, or
   * nothing where the file has fewer. Missing where files are not read through a cache.
   */
  readSync?(path: string, target: Uint8Array, position: number): FileStatus | undefined;
  /** The same for several ranges, of one file that is opened once. */
  readRangesSync?(path: string, ranges: readonly RangeToFill[]): FileStatus | undefined;
  /**
   * Makes a file that does not exist yet, of these bytes, and returns its status, synchronously; it is dated where a time is
   * given. A failure leaves none behind. Missing where files are not written through a cache.
   */
  writeSync?(path: string, data: Uint8Array, mtimeMs: number | undefined): FileStatus;
  /** Opens a file to be read, by another thread where that blocks. */
  open(path: string): Promise<ReadableFile>;
  /** Makes a file that does not exist yet. About `expected` bytes will be written, where that is known. */
  create(path: string, expected?: number): Promise<WritableFile>;
  /** Makes a file of `size` bytes that does not exist yet, to be written in parts, at most `concurrency` concurrently. */
  createParts(path: string, size: number, concurrency?: number): Promise<PartFile>;
  /** Opens a file that {@linkcode createParts} made and nobody finished. */
  reopenParts(path: string, size: number, concurrency?: number): Promise<PartFile>;
  /** Bytes of a part that suit it, near a wish where there is one. */
  partSize(wanted: number | undefined): number;
}
