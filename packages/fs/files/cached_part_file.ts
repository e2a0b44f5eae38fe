import type { FileIdentity, FileRegion } from "@lade/core";
import { system, type SystemFile } from "@lade/core/system";
import type { SyncMode } from "../names/local_config.ts";
import { type FileStatus, statusOf } from "./file_status.ts";
import { finishCached } from "./finish_cached.ts";
import type { IoGate } from "./io_gate.ts";
import { DescriptorPool } from "./descriptor_pool.ts";
import type { PartFile } from "./medium.ts";
import { WriteBack } from "./write_back.ts";
import { writeFully } from "./write_fully.ts";

/** Writes parts through the page cache, each by a descriptor of its own. */
export class CachedPartFile implements PartFile {
  readonly #gate: IoGate;
  readonly #file: SystemFile;
  readonly #descriptors: DescriptorPool<SystemFile>;
  readonly #path: string;
  readonly #back = new WriteBack(() => this.sync());
  #identity: FileIdentity | undefined;
  #closed = false;

  /** Takes over `file`, open for writing at `path`. */
  constructor(file: SystemFile, path: string, gate: IoGate, concurrency?: number) {
    const options = { write: true };
    this.#gate = gate;
    this.#file = file;
    this.#path = path;
    this.#descriptors = new DescriptorPool(
      file,
      () => gate.run(() => system.openSync(path, options), () => system.open(path, options)),
      concurrency,
    );
  }

  async writeAt(bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    const taken = this.#descriptors.take();
    const file = taken instanceof Promise ? await taken : taken;
    try {
      file.seekSync(position, system.SeekMode.Start);
      await writeFully(file, bytes, this.#gate, signal);
    } finally {
      this.#descriptors.give(file);
    }
  }

  region(offset: number, length: number): FileRegion {
    const { dev, ino } = this.#identity ??= statusOf(this.#file.statSync());
    return { path: this.#path, identity: { dev, ino }, offset, length };
  }

  writeBack(bytes: number): void {
    this.#back.wrote(bytes);
  }

  /** By a descriptor of its own: one that is waited for takes no other call. */
  async sync(): Promise<void> {
    using file = await system.open(this.#path, { write: true });
    await file.syncData();
  }

  async finish(sync: SyncMode): Promise<FileStatus> {
    await this.#back.finish();
    const status = await finishCached(this.#file, this.#gate, sync);
    await this.close();
    return status;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#back.settle();
    for (const file of this.#descriptors.all) file.close();
  }
}
