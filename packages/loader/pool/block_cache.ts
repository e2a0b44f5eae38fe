import type { MapDataset, ReadPlan } from "../datasets/dataset.ts";
import type { BatchBuffer } from "./batch_memory.ts";

/** A block that is being read, or is. */
interface Block {
  readonly content: Promise<BlockContent>;
  /** How many copy from it, or wait for it, now. */
  users: number;
}

interface BlockContent {
  readonly buffer: BatchBuffer;
  /** Where the bytes of each record of the block begin, and where the last one's end. */
  readonly starts: Float64Array;
}

/** What blocks are read with. */
export interface BlockGround {
  readonly dataset: MapDataset<unknown>;
  /** Records of a block. */
  readonly records: number;
  /** The first sample that blocks are of; the data set's by default. */
  readonly first?: number;
  /** How many samples they are of; all by default. */
  readonly length?: number;
  /** Blocks that are held together, at most, but for those in use. */
  readonly capacity: number;
  /** Memory, room or not: what a window needs is told beforehand. */
  readonly take: (bytes: number) => BatchBuffer;
  /** Fills `memory` with what a plan reads, one record after the other. */
  readonly read: (plan: ReadPlan<unknown>, memory: Uint8Array<ArrayBuffer>) => Promise<void>;
}

/** Blocks of samples, which are read once for all samples that are wanted of them. */
export interface BlockSource {
  /** The block that a sample is of; none where it is read by itself. */
  blockOf(index: number): number | undefined;
  /** Lets `use` have the bytes of records of a block, by their number in the data set. They are to be copied. */
  with(block: number, use: (bytesOf: (index: number) => Uint8Array) => void): Promise<void>;
  /** Gives back all memory, once what is being read is. */
  clear(): Promise<void>;
}

/**
 * Blocks of records that lie side by side, each read once and held while records of it are wanted. The block that was not
 * used for the longest time goes first.
 */
export class BlockCache implements BlockSource {
  readonly #ground: BlockGround;
  /** By number, those used last at the end. */
  readonly #blocks = new Map<number, Block>();

  /** Reads nothing yet. */
  constructor(ground: BlockGround) {
    this.#ground = ground;
  }

  /** The block that a sample is of. */
  blockOf(index: number): number {
    const { first = 0, records } = this.#ground;
    return Math.floor((index - first) / records);
  }

  /** Lets `use` have the bytes of records of a block, by their number in the data set. They are to be copied. */
  async with(block: number, use: (bytesOf: (index: number) => Uint8Array) => void): Promise<void> {
    const held = this.#blocks.get(block);
    this.#blocks.delete(block);
    if (!held) this.#evict(this.#ground.capacity - 1);
    const known = held ?? { content: this.#read(block), users: 0 };
    this.#blocks.set(block, known);
    known.users++;
    try {
      const { buffer: { bytes }, starts } = await known.content;
      const first = (this.#ground.first ?? 0) + block * this.#ground.records;
      use((index) => bytes.subarray(starts[index - first], starts[index - first + 1]));
    } catch (error) {
      // Another try reads it anew.
      if (this.#blocks.get(block) === known) this.#blocks.delete(block);
      throw error;
    } finally {
      known.users--;
      this.#evict(this.#ground.capacity);
    }
  }

  /** Gives back all memory, once what is being read is. */
  async clear(): Promise<void> {
    for (const [block, { content }] of this.#blocks) {
      this.#blocks.delete(block);
      (await content.catch(() => undefined))?.buffer.release();
    }
  }

  /** Forgets those that nobody uses until there are `most`. */
  #evict(most: number): void {
    for (const [block, { content, users }] of this.#blocks) {
      if (this.#blocks.size <= most) return;
      if (users > 0) continue;
      this.#blocks.delete(block);
      void content.then(({ buffer }) => buffer.release(), () => {});
    }
  }

  async #read(block: number): Promise<BlockContent> {
    const { dataset, records, take, read, first: start = 0, length = dataset.length } = this.#ground;
    const first = start + block * records;
    const count = Math.min(records, start + length - first);
    const indices = Array.from({ length: count }, (_, i) => first + i);
    const planned = dataset.plan?.(indices);
    const plan = planned instanceof Promise ? await planned : planned;
    if (!plan) {
      throw new TypeError("Cannot read blocks of a data set that does not say where its records lie");
    }
    const starts = new Float64Array(count + 1);
    for (const { place, length } of plan.reads) starts[place + 1] = (starts[place + 1] ?? 0) + length;
    for (let i = 0; i < count; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
    const buffer = take(starts[count] ?? 0);
    try {
      await read(plan, buffer.bytes);
      return { buffer, starts };
    } catch (error) {
      buffer.release();
      throw error;
    }
  }
}
