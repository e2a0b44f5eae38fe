import { nodeModule, type NodeModules } from "@lade/codec/node";
import { fileInfo } from "./node_status.ts";
import { tryFlock } from "./node_lock.ts";
import type { SystemFile } from "./system_file.ts";

/** The largest read or write that Node makes in one call. */
const MAX_BYTES = 2 ** 30;
const END: Deno.SeekMode.End = 2;

type Fs = NodeModules["node:fs"];

/**
 * An open file of Node. Node cannot say where a descriptor stands, so that it is left to the system, which a pipe and appending
 * want, up to the first `seek`; from then on each call names its place.
 */
export class NodeFile implements SystemFile {
  readonly #fs: Fs;
  readonly #fd: number;
  #at = 0;
  #isPlaced = false;
  #isOpen = true;

  private constructor(fs: Fs, fd: number) {
    this.#fs = fs;
    this.#fd = fd;
  }

  static async open(fs: Fs, path: string, options?: Deno.OpenOptions): Promise<NodeFile> {
    const flags = openFlags(fs.constants, options);
    return new NodeFile(fs, await result((done) => fs.open(path, flags, options?.mode, done)));
  }

  static openSync(fs: Fs, path: string, options?: Deno.OpenOptions): NodeFile {
    return new NodeFile(fs, fs.openSync(path, openFlags(fs.constants, options), options?.mode));
  }

  /** A file that is open already. */
  static of(fd: number): NodeFile {
    return new NodeFile(nodeModule("node:fs") as Fs, fd);
  }

  async read(target: Uint8Array): Promise<number | null> {
    if (target.length === 0) return 0;
    const length = Math.min(target.length, MAX_BYTES);
    return this.#advance(
      await result<number>((done) => this.#fs.read(this.#fd, target, 0, length, this.#place, done)),
    ) || null;
  }

  readSync(target: Uint8Array): number | null {
    if (target.length === 0) return 0;
    const length = Math.min(target.length, MAX_BYTES);
    return this.#advance(this.#fs.readSync(this.#fd, target, 0, length, this.#place)) || null;
  }

  async write(bytes: Uint8Array): Promise<number> {
    const length = Math.min(bytes.length, MAX_BYTES);
    return this.#advance(
      await result<number>((done) => this.#fs.write(this.#fd, bytes, 0, length, this.#place, done)),
    );
  }

  writeSync(bytes: Uint8Array): number {
    const length = Math.min(bytes.length, MAX_BYTES);
    return this.#advance(this.#fs.writeSync(this.#fd, bytes, 0, length, this.#place));
  }

  seek(offset: number | bigint, whence: Deno.SeekMode): Promise<number> {
    return Promise.try(() => this.seekSync(offset, whence));
  }

  seekSync(offset: number | bigint, whence: Deno.SeekMode): number {
    const from = whence === 0 ? 0 : whence === END ? this.#fs.fstatSync(this.#fd).size : this.#at;
    this.#isPlaced = true;
    return this.#at = from + Number(offset);
  }

  async stat(): Promise<Deno.FileInfo> {
    return fileInfo(await result((done) => this.#fs.fstat(this.#fd, { bigint: true }, done)));
  }

  statSync(): Deno.FileInfo {
    return fileInfo(this.#fs.fstatSync(this.#fd, { bigint: true }));
  }

  truncate(length = 0): Promise<void> {
    return result((done) => this.#fs.ftruncate(this.#fd, length, done));
  }

  sync(): Promise<void> {
    return result((done) => this.#fs.fsync(this.#fd, done));
  }

  syncData(): Promise<void> {
    return result((done) => this.#fs.fdatasync(this.#fd, done));
  }

  utimeSync(atime: number | Date, mtime: number | Date): void {
    this.#fs.futimesSync(this.#fd, seconds(atime), seconds(mtime));
  }

  tryLock(exclusive = false): Promise<boolean> {
    return tryFlock(this.#fd, exclusive);
  }

  close(): void {
    this.#isOpen = false;
    this.#fs.closeSync(this.#fd);
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.close();
  }

  get #place(): number | null {
    return this.#isPlaced ? this.#at : null;
  }

  #advance(count: number): number {
    this.#at += count;
    return count;
  }
}

/** The flags of `open(2)` for how Deno opens a file. */
function openFlags(
  { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY }: Fs["constants"],
  { append, create, createNew, read, truncate, write }: Deno.OpenOptions = { read: true },
): number {
  return (!write && !append ? O_RDONLY : read ? O_RDWR : O_WRONLY) | (append ? O_APPEND : 0) |
    (create || createNew ? O_CREAT : 0) | (createNew ? O_EXCL : 0) | (truncate ? O_TRUNC : 0);
}

/** A time as Node takes it, which cuts it to microseconds: half of one more, lest a millisecond becomes the one before. */
export function seconds(time: number | Date): number {
  return ((typeof time === "number" ? time * 1000 : time.getTime()) + 0.0005) / 1000;
}

function result<T = void>(call: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => error ? reject(error) : resolve(value)));
}
