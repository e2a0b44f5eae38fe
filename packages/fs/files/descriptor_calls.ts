import type * as fs from "node:fs";
import { type FileStatus, secondsOf } from "./file_status.ts";

/** `node:fs`, which alone opens files with flags of one's own; it is loaded when the first direct store is opened. */
export type NodeFs = typeof fs;

/**
 * Calls on a file descriptor, by other threads but for writes: those Deno makes on the thread that asks, which does nothing else
 * meanwhile. Calls on one descriptor are made one after the other.
 */
export class DescriptorCalls {
  readonly #fs: NodeFs;

  constructor(nodeFs: NodeFs) {
    this.#fs = nodeFs;
  }

  /** Opens a file synchronously. */
  openSync(path: string, flags: number): number {
    return this.#fs.openSync(path, flags);
  }

  /** Opens a file. */
  open(path: string, flags: number): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#fs.open(path, flags, (error, fd) => error ? reject(error) : resolve(fd))
    );
  }

  /** Closes a descriptor. */
  close(fd: number): void {
    this.#fs.closeSync(fd);
  }

  /** The status of an open file. */
  status(fd: number): FileStatus {
    const stats = this.#fs.fstatSync(fd);
    return {
      kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other",
      size: stats.size,
      mtimeMs: Math.floor(stats.mtimeMs),
      bornMs: Math.floor(stats.birthtimeMs || stats.ctimeMs),
      statusSeconds: secondsOf(stats.ctimeMs),
      tellsBirth: Boolean(stats.birthtimeMs),
      ino: stats.ino,
      dev: stats.dev,
      mode: stats.mode,
      uid: stats.uid,
      gid: stats.gid,
      blocks: stats.blocks,
    };
  }

  /** Reads at a position; resolves with the number of bytes. */
  read(fd: number, target: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#fs.read(
        fd,
        target,
        0,
        target.length,
        position,
        (error, count) => error ? reject(error) : resolve(count),
      )
    );
  }

  /** Writes at a position, before it returns; resolves with the number of bytes. */
  write(fd: number, bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#fs.write(
        fd,
        bytes,
        0,
        bytes.length,
        position,
        (error, count) => error ? reject(error) : resolve(count),
      )
    );
  }

  /** Cuts a file at `size`. */
  truncate(fd: number, size: number): Promise<void> {
    return settled((done) => this.#fs.ftruncate(fd, size, done));
  }

  /** Waits until the bytes are on the disk. */
  syncData(fd: number): Promise<void> {
    return settled((done) => this.#fs.fdatasync(fd, done));
  }

  /** Waits until the bytes and the status are on the disk. */
  sync(fd: number): Promise<void> {
    return settled((done) => this.#fs.fsync(fd, done));
  }
}

function settled(call: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => error ? reject(error) : resolve()));
}
