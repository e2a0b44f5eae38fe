import type { BudgetLease, Slab, StoreContext } from "@lade/core";
import type { SystemFile } from "@lade/core/system";
import type { SyncMode } from "../names/local_config.ts";
import type { FileStatus } from "./file_status.ts";
import { finishCached } from "./finish_cached.ts";
import type { IoGate } from "./io_gate.ts";
import type { WritableFile } from "./medium.ts";
import { writeFully } from "./write_fully.ts";

/** Smaller chunks are gathered into larger writes. */
const LARGE = 2 ** 16;
/** Bytes gathered, where the budget has room; else as much as counts for little. */
const GATHER = 2 ** 20;
const GATHER_SHORT_OF_ROOM = 2 ** 16;

/** Writes through the page cache: large chunks as they are, small ones gathered. */
export class CachedWriter implements WritableFile {
  readonly #file: SystemFile;
  readonly #gate: IoGate;
  readonly #context: StoreContext;
  #slab: Slab | undefined;
  #lease: BudgetLease | undefined;
  #gathered = 0;
  #closed = false;

  constructor(file: SystemFile, gate: IoGate, context: StoreContext) {
    this.#file = file;
    this.#gate = gate;
    this.#context = context;
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (chunk.length >= LARGE) {
      await this.#flush();
      await writeFully(this.#file, chunk, this.#gate);
      return;
    }
    for (let rest = chunk; rest.length > 0;) {
      const room = this.#room();
      const count = Math.min(room.length - this.#gathered, rest.length);
      room.set(rest.subarray(0, count), this.#gathered);
      this.#gathered += count;
      rest = rest.subarray(count);
      if (this.#gathered === room.length) await this.#flush();
    }
  }

  async finish(sync: SyncMode): Promise<FileStatus> {
    await this.#flush();
    const status = await finishCached(this.#file, this.#gate, sync);
    await this.close();
    return status;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
    this.#slab?.release();
    this.#lease?.release();
  }

  #room(): Uint8Array {
    if (!this.#slab) {
      const { budget, buffers } = this.#context;
      this.#lease = budget.tryAcquire(GATHER) ?? budget.overdraw(GATHER_SHORT_OF_ROOM);
      this.#slab = buffers.lease(this.#lease.bytes);
    }
    return this.#slab.bytes;
  }

  async #flush(): Promise<void> {
    if (!this.#slab || this.#gathered === 0) return;
    await writeFully(this.#file, this.#slab.bytes.subarray(0, this.#gathered), this.#gate);
    this.#gathered = 0;
  }
}
