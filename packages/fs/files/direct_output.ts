import { blocksBelow } from "./direct_alignment.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { errorCode } from "./file_error.ts";
import type { SlabSupply } from "./slab_supply.ts";

/** What a {@linkcode DirectOutput} is made of. */
export interface DirectOutputParts {
  /** The new file. */
  readonly fd: number;
  /** Opens the file once more. */
  readonly open: () => number;
  readonly calls: DescriptorCalls;
  /** Buffers for bytes that are not aligned in memory. */
  readonly slabs: SlabSupply;
  /** Bytes of such a buffer. */
  readonly slabSize: number;
}

/** Writes blocks of a new file by O_DIRECT, each call by a descriptor of its own, so that they overlap. */
export class DirectOutput {
  readonly #parts: DirectOutputParts;
  readonly #fds: number[];
  readonly #idle: number[];
  #isMisaligned = false;

  constructor(parts: DirectOutputParts) {
    this.#parts = parts;
    this.#fds = [parts.fd];
    this.#idle = [parts.fd];
  }

  /** Whether bytes were seen that are not aligned in memory. */
  get isMisaligned(): boolean {
    return this.#isMisaligned;
  }

  /** Writes whole blocks from where they are, or through a buffer where that is not aligned. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (!this.#isMisaligned) {
      try {
        return await this.writeAligned(bytes, position);
      } catch (error) {
        if (errorCode(error) !== "EINVAL") throw error;
        this.#isMisaligned = true;
      }
    }
    const { slabs, slabSize } = this.#parts;
    const slab = await slabs.take();
    try {
      for (let at = 0; at < bytes.length; at += slabSize) {
        const part = bytes.subarray(at, at + slabSize);
        slab.bytes.set(part);
        await this.writeAligned(slab.bytes.subarray(0, part.length), position + at);
      }
    } finally {
      slabs.give(slab);
    }
  }

  /** Writes whole blocks that are aligned in memory. */
  async writeAligned(bytes: Uint8Array, position: number): Promise<void> {
    const fd = this.#idle.pop() ?? this.#open();
    try {
      for (let done = 0; done < bytes.length;) {
        const count = await this.#parts.calls.write(fd, bytes.subarray(done), position + done);
        // What a short write leaves begins within a block; that block is written again.
        done += count === bytes.length - done ? count : blocksBelow(count);
        if (count === 0) throw new Error("The system writes nothing");
      }
    } finally {
      this.#idle.push(fd);
    }
  }

  /** Closes the descriptors. No call is in flight. */
  close(): void {
    for (const fd of this.#fds) this.#parts.calls.close(fd);
  }

  #open(): number {
    const fd = this.#parts.open();
    this.#fds.push(fd);
    return fd;
  }
}
