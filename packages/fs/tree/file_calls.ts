import { LAST_MS, localPath, PLATFORM, type Platform } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { type FileStatus, statusOf } from "../files/file_status.ts";
import { errorCode } from "../files/file_error.ts";
import type { IoGate } from "../files/io_gate.ts";

/** Calls on names of files, synchronous or not as the gate decides. */
export class FileCalls {
  readonly #gate: IoGate;
  readonly #platform: Platform;

  constructor(gate: IoGate, platform: Platform = PLATFORM) {
    this.#gate = gate;
    this.#platform = platform;
  }

  /** The status of what a name stands for, links followed. */
  async stat(path: string): Promise<FileStatus> {
    return statusOf(await this.#gate.run(() => system.statSync(path), () => system.stat(path)));
  }

  /** The status of a name itself, be it a link. */
  async lstat(path: string): Promise<FileStatus> {
    return statusOf(await this.#gate.run(() => system.lstatSync(path), () => system.lstat(path)));
  }

  /** What `look` returns, or nothing where nothing has the name. */
  async present<T>(look: Promise<T>): Promise<T | undefined> {
    try {
      return await look;
    } catch (error) {
      const code = errorCode(error);
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw error;
    }
  }

  /** The path without links that a name stands for. */
  async realPath(path: string): Promise<string> {
    return localPath(await this.#gate.run(() => system.realPathSync(path), () => system.realPath(path)));
  }

  /** Gives a file another name, in place of what has that name. */
  async rename(from: string, to: string): Promise<void> {
    return await this.#gate.run(() => system.renameSync(from, to), () => system.rename(from, to));
  }

  /** Gives a file a second name that must be free. */
  async link(from: string, to: string): Promise<void> {
    return await this.#gate.run(() => system.linkSync(from, to), () => system.link(from, to));
  }

  /** Removes a file, a link or an empty directory. */
  async remove(path: string): Promise<void> {
    return await this.#gate.run(() => system.removeSync(path), () => system.remove(path));
  }

  /** Sets when a file was changed. */
  async touch(path: string, mtimeMs: number): Promise<void> {
    const time = new Date(Math.min(mtimeMs, LAST_MS));
    return await this.#gate.run(
      () => system.utimeSync(path, time, time),
      () => system.utime(path, time, time),
    );
  }

  /** Sets permission bits, which Windows does not have. */
  async chmod(path: string, mode: number): Promise<void> {
    if (this.#platform === "windows") return;
    return await this.#gate.run(() => system.chmodSync(path, mode), () => system.chmod(path, mode));
  }

  /** Waits until the names in a directory are on the disk. Windows writes names by its journal, and syncs no directory. */
  async syncDirectory(path: string): Promise<void> {
    if (this.#platform === "windows") return;
    using directory = await system.open(path);
    await directory.sync();
  }
}
