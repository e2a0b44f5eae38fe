import type { StoreContext } from "@lade/core";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { BLOCK, blocksAbove, blocksBelow } from "./direct_alignment.ts";
import { errorCode } from "./file_error.ts";
import type { FileStatus } from "./file_status.ts";
import type { ReadableFile } from "./medium.ts";
import { SlabSupply } from "./slab_supply.ts";

/** A read up to this size goes through a slab in one request, if any of it has to. */
const SMALL = 2 ** 20;
/** Largest request through a slab. */
const SLAB = 4 * 2 ** 20;

/** What a {@linkcode DirectReader} is made of. */
export interface DirectReaderSetup {
  readonly fd: number;
  readonly calls: DescriptorCalls;
  readonly context: StoreContext;
}

/**
 * Reads by O_DIRECT: straight into the target where it, the position and the length are aligned, else through an
 * aligned slab. Whether a target is aligned cannot be asked: the system refuses one that is not.
 */
export class DirectReader implements ReadableFile {
  readonly #fd: number;
  readonly #calls: DescriptorCalls;
  readonly #context: StoreContext;
  #slabs: SlabSupply | undefined;
  #slabSize = 0;
  #isMisaligned = false;

  constructor({ fd, calls, context }: DirectReaderSetup) {
    this.#fd = fd;
    this.#calls = calls;
    this.#context = context;
  }

  statusSync(): FileStatus {
    return this.#calls.status(this.#fd);
  }

  status(): FileStatus {
    return this.statusSync();
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    if (this.#canGoStraight(target.length, position)) {
      const aligned = target.subarray(0, blocksBelow(target.length));
      try {
        return await this.#calls.read(this.#fd, aligned, position);
      } catch (error) {
        if (errorCode(error) !== "EINVAL") throw error;
        this.#isMisaligned = true;
      }
    }
    return await this.#readThroughSlab(target, position);
  }

  close(): void {
    this.#slabs?.release();
    this.#calls.close(this.#fd);
  }

  #canGoStraight(length: number, position: number): boolean {
    if (this.#isMisaligned || position % BLOCK !== 0) return false;
    return length % BLOCK === 0 || length > SMALL;
  }

  async #readThroughSlab(target: Uint8Array, position: number): Promise<number> {
    const start = blocksBelow(position);
    const end = blocksAbove(position + target.length);
    const slabs = this.#supply(end - start);
    const slab = await slabs.take();
    try {
      const length = Math.min(end - start, blocksBelow(slab.bytes.length));
      const count = await this.#calls.read(this.#fd, slab.bytes.subarray(0, length), start);
      const found = slab.bytes.subarray(position - start, count).subarray(0, target.length);
      target.set(found);
      return found.length;
    } finally {
      slabs.give(slab);
    }
  }

  /** The slab of this file; a larger one replaces it when it is needed. */
  #supply(bytes: number): SlabSupply {
    const size = Math.min(SLAB, bytes);
    if (this.#slabs && size <= this.#slabSize) return this.#slabs;
    this.#slabs?.release();
    this.#slabSize = size;
    return this.#slabs = new SlabSupply(this.#context, size, 1);
  }
}
