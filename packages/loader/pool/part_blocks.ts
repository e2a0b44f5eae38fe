import type { BlockCache, BlockSource } from "./block_cache.ts";

/** The samples of one of several data sets that are mixed. */
export interface BlockedPart {
  /** How many there are. */
  readonly length: number;
  /** Its blocks; absent where each sample is read by itself. */
  readonly blocks: BlockCache | undefined;
}

/** Blocks of several data sets, each with those of its own: one that is drawn seldom loses none to one that is drawn often. */
export class PartBlocks implements BlockSource {
  readonly #parts: readonly BlockedPart[];
  /** The first sample of each. */
  readonly #starts: readonly number[];

  /** `parts` are in the order of the samples' numbers. */
  constructor(parts: readonly BlockedPart[]) {
    let start = 0;
    this.#parts = parts;
    this.#starts = parts.map(({ length }) => (start += length) - length);
  }

  /** The block that a sample is of; none where it is read by itself. */
  blockOf(index: number): number | undefined {
    const part = this.#starts.findLastIndex((start) => start <= index);
    const own = this.#parts[part]?.blocks?.blockOf(index);
    return own === undefined ? undefined : own * this.#parts.length + part;
  }

  /** Lets `use` have the bytes of records of a block, by their number in all data sets. They are to be copied. */
  async with(block: number, use: (bytesOf: (index: number) => Uint8Array) => void): Promise<void> {
    const { length } = this.#parts;
    const blocks = this.#parts[block % length]?.blocks;
    if (!blocks) throw new RangeError(`Cannot read block ${block}: there is none`);
    await blocks.with(Math.floor(block / length), use);
  }

  /** Gives back all memory, once what is being read is. */
  async clear(): Promise<void> {
    for (const { blocks } of this.#parts) await blocks?.clear();
  }
}
