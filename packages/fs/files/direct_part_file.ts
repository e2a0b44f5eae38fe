import type { StoreContext } from "@lade/core";
import type { SyncMode } from "../names/local_config.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { blocksAbove, blocksBelow } from "./direct_alignment.ts";
import { DirectOutput } from "./direct_output.ts";
import type { FileStatus } from "./file_status.ts";
import { finishDirect } from "./finish_direct.ts";
import type { PartFile } from "./medium.ts";
import { SlabSupply } from "./slab_supply.ts";
import type { ThreadedFile } from "./write_threads.ts";

/** Buffers for bytes that are not aligned in memory, and for the file's end. */
const SLAB_SIZE = 2 ** 20;
const SLABS = 4;
/** Those that another thread writes meanwhile are as large as what keeps a disk busy. */
const SHARED_SLAB_SIZE = 4 * 2 ** 20;

/** What a {@linkcode DirectPartFile} is made of. */
export interface DirectPartFileSetup {
  /** The new file. */
  readonly fd: number;
  /** Opens the file once more. */
  readonly open: () => number;
  readonly calls: DescriptorCalls;
  readonly context: StoreContext;
  /** Bytes of the finished file. */
  readonly size: number;
  /** The most parts written concurrently, where that is said. */
  readonly concurrency?: number | undefined;
  /** The file as other threads write it, where they may. */
  readonly threaded?: ThreadedFile | undefined;
}

/** Writes parts by O_DIRECT. The last block is filled up and then cut off. Parts begin at multiples of the block size. */
export class DirectPartFile implements PartFile {
  readonly #setup: DirectPartFileSetup;
  readonly #slabs: SlabSupply;
  readonly #output: DirectOutput;
  #closed = false;

  constructor(setup: DirectPartFileSetup) {
    this.#setup = setup;
    const { threaded, context, size } = setup;
    const slabSize = threaded ? blocksAbove(Math.max(1, Math.min(SHARED_SLAB_SIZE, size))) : SLAB_SIZE;
    this.#slabs = new SlabSupply(context, slabSize, SLABS, threaded !== undefined);
    this.#output = new DirectOutput({ ...setup, slabs: this.#slabs, slabSize });
  }

  wantsShared(): boolean {
    return this.#setup.threaded?.wantsShared ?? false;
  }

  async writeAt(bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    const whole = blocksBelow(bytes.length);
    if (whole > 0) await this.#output.write(bytes.subarray(0, whole), position, signal);
    if (whole < bytes.length) await this.#writeEnd(bytes.subarray(whole), position + whole, signal);
  }

  async sync(): Promise<void> {
    await this.#setup.calls.syncData(this.#setup.fd);
  }

  async finish(sync: SyncMode): Promise<FileStatus> {
    const { calls, fd, size } = this.#setup;
    const status = await finishDirect(calls, fd, size, sync);
    await this.close();
    return status;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#output.close();
    this.#slabs.release();
  }

  async #writeEnd(bytes: Uint8Array, position: number, signal: AbortSignal): Promise<void> {
    const slab = await this.#slabs.take();
    try {
      const block = slab.bytes.subarray(0, blocksAbove(bytes.length));
      block.set(bytes);
      block.fill(0, bytes.length);
      await this.#output.writeAligned(block, position, signal);
    } finally {
      this.#slabs.give(slab);
    }
  }
}
