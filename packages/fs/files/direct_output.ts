import { blocksBelow } from "./direct_alignment.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { errorCode } from "./file_error.ts";
import { DescriptorPool } from "./descriptor_pool.ts";
import type { SlabSupply } from "./slab_supply.ts";
import type { ThreadedFile } from "./write_threads.ts";

/** Writes in a row that bring less than a block; a full disk says so at the second one. */
const MAX_FUTILE_WRITES = 4;

/** What a {@linkcode DirectOutput} is made of. */
export interface DirectOutputSetup {
  /** The new file. */
  readonly fd: number;
  /** Opens the file once more. */
  readonly open: () => number;
  readonly calls: DescriptorCalls;
  /** Buffers for bytes that are not aligned in memory. */
  readonly slabs: SlabSupply;
  /** Bytes of such a buffer. */
  readonly slabSize: number;
  /** The most concurrent calls, where that is said. */
  readonly concurrency?: number | undefined;
  /** The file as other threads write it, where `slabs` are shared with them. */
  readonly threaded?: ThreadedFile | undefined;
}

/**
 * Writes blocks of a new file by O_DIRECT: by another thread where there is one, from shared memory, else here, each call by a
 * descriptor of its own.
 */
export class DirectOutput {
  readonly #setup: DirectOutputSetup;
  readonly #descriptors: DescriptorPool<number>;
  #isMisaligned = false;

  constructor(setup: DirectOutputSetup) {
    this.#setup = setup;
    this.#descriptors = new DescriptorPool(setup.fd, setup.open, setup.concurrency);
  }

  /** Whether bytes were seen that are not aligned in memory. */
  get isMisaligned(): boolean {
    return this.#isMisaligned;
  }

  /** Writes whole blocks from where they are, or through a buffer where that is not aligned. */
  async write(bytes: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isMisaligned) {
      try {
        return await this.writeAligned(bytes, position, signal);
      } catch (error) {
        if (errorCode(error) !== "EINVAL") throw error;
        this.#isMisaligned = true;
      }
    }
    const { slabs, slabSize } = this.#setup;
    const slab = await slabs.take();
    try {
      for (let at = 0; at < bytes.length; at += slabSize) {
        const part = bytes.subarray(at, at + slabSize);
        slab.bytes.set(part);
        await this.writeAligned(slab.bytes.subarray(0, part.length), position + at, signal);
      }
    } finally {
      slabs.give(slab);
    }
  }

  /** Writes whole blocks that are aligned in memory, unless the signal ends it. */
  async writeAligned(bytes: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    const written = await this.#writeElsewhere(bytes, position, signal);
    if (written === bytes.length) return;
    const fd = await this.#descriptors.take();
    try {
      let futile = 0;
      for (let done = written; done < bytes.length;) {
        signal?.throwIfAborted();
        const count = await this.#setup.calls.write(fd, bytes.subarray(done), position + done);
        // What a short write leaves begins within a block; that block is written again.
        const whole = count === bytes.length - done ? count : blocksBelow(count);
        done += whole;
        futile = whole > 0 ? 0 : futile + 1;
        if (futile > MAX_FUTILE_WRITES) throw new Error("The system writes less than a block at a time");
      }
    } finally {
      this.#descriptors.give(fd);
    }
  }

  /** Has another thread write, where there is one, and says how many bytes it wrote: whole blocks. */
  async #writeElsewhere(
    bytes: Uint8Array,
    position: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { threaded } = this.#setup;
    let done = 0;
    while (threaded?.isReady && bytes.buffer instanceof SharedArrayBuffer && done < bytes.length) {
      signal?.throwIfAborted();
      const count = await threaded.write(bytes.subarray(done), position + done);
      const whole = count === bytes.length - done ? count : blocksBelow(count);
      if (whole === 0) break;
      done += whole;
    }
    return done;
  }

  /** Closes the descriptors. No call is in flight. */
  close(): void {
    this.#setup.threaded?.close();
    for (const fd of this.#descriptors.all) this.#setup.calls.close(fd);
  }
}
