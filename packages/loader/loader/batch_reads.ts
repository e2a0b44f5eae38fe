import { mayHaveAtHand } from "@lade/core/seams";
import type { BlockSource } from "../pool/block_cache.ts";
import type { Slots } from "../pool/slots.ts";
import { groupReads, type PlacedRead, type ReadGround, readGroup } from "./read_samples.ts";
import { areLarge, ReadsAtHand } from "./reads_at_hand.ts";
import { settled } from "./settled.ts";

/** What batches are read with. */
export interface BatchReadsGround extends ReadGround {
  /** Bounds how much is read together. */
  readonly slots: Slots;
  /** Lets one batch at a time read what is at hand. */
  readonly quick: Slots;
}

/** The batch that is read, and what is told of its reads. */
export interface BatchReadsTask {
  /** The sample at each place. */
  readonly indices: readonly number[];
  /** What is waited for in the end. */
  readonly work: Promise<void>[];
  /** Counts reads as done, and begins to finish the samples that are complete. */
  readonly arrived: (reads: readonly PlacedRead[]) => Promise<void>[];
  /** The sample at a place is lost. */
  readonly failed: (place: number, error: unknown) => void;
}

/** Reads in a row that were not at hand, after which the rest of a batch is not either. */
const MOST_MISSED = 3;

/** The reads of one batch, each into its place. */
export class BatchReads {
  readonly #ground: BatchReadsGround;
  readonly #task: BatchReadsTask;

  /** Reads nothing yet. */
  constructor(ground: BatchReadsGround, task: BatchReadsTask) {
    this.#ground = ground;
    this.#task = task;
  }

  /** Reads all: what is at hand at once, the rest concurrently, that of one object together. */
  async readAll(reads: readonly PlacedRead[]): Promise<void> {
    const groups = groupReads(reads);
    const left = groups.some(canBeAtHand) ? await this.#readAtHand(groups) : groups;
    this.#task.work.push(...left.map((group) => this.#readLater(group)));
  }

  /**
   * Copies samples from their blocks; those of none, and of a block that cannot be had, are each read by themselves. Large
   * ones that are at hand need no block.
   */
  async copyAll(blocks: BlockSource, reads: readonly PlacedRead[]): Promise<void> {
    const groups = groupReads(reads);
    if (!areLarge(reads) || !groups.some(canBeAtHand)) return await this.#copy(blocks, reads);
    const left = await this.#readAtHand(groups);
    await this.#copy(blocks, left.flat());
  }

  /**
   * What is at hand is read at once, one batch after the other, so that none takes the time that another one waited for.
   * Where it is not, the one read that is then waited for gives other work its turn, or finds a disk that has to be asked:
   * after some in a row the rest is not looked for, and given.
   */
  async #readAtHand(
    groups: readonly (readonly PlacedRead[])[],
  ): Promise<readonly (readonly PlacedRead[])[]> {
    const { quick, signal } = this.#ground;
    const left: (readonly PlacedRead[])[] = [];
    await quick.run(async () => {
      let missed = 0;
      for (const group of groups) {
        using atHand = new ReadsAtHand(group, this.#ground);
        if (!atHand.isPossible) {
          left.push(group);
          continue;
        }
        for (const [place, read] of group.entries()) {
          if (missed >= MOST_MISSED) {
            left.push(group.slice(place));
            break;
          }
          if (this.#readNow(read, atHand)) {
            missed = 0;
            this.#task.work.push(...this.#task.arrived([read]));
          } else if (++missed < MOST_MISSED) await this.#readLater([read]);
          else left.push([read]);
        }
      }
    }, signal);
    return left;
  }

  /** Copies samples out of their blocks, each block once for all that are wanted of it. */
  async #copy(blocks: BlockSource, reads: readonly PlacedRead[]): Promise<void> {
    const { slots, signal } = this.#ground;
    const { arrived, indices, work } = this.#task;
    const byBlock = Map.groupBy(reads, ({ place }) => blocks.blockOf(indices[place] ?? 0));
    for (const [block, group] of byBlock) {
      if (block === undefined) continue;
      const copy = (bytesOf: (index: number) => Uint8Array) => {
        for (const { place, length, target, within } of group) {
          target.set(bytesOf(indices[place] ?? 0).subarray(within, within + length));
        }
      };
      work.push(slots.run(async () => {
        try {
          await blocks.with(block, copy);
        } catch {
          signal.throwIfAborted();
          for (const alone of groupReads(group)) await this.#read(alone);
        }
        await settled(arrived(group));
      }, signal));
    }
    const others = byBlock.get(undefined);
    if (others) await this.readAll(others);
  }

  /** Reads one where its bytes are at hand; says whether it is done, or has failed. */
  #readNow(read: PlacedRead, atHand: ReadsAtHand): boolean {
    try {
      return atHand.read(read);
    } catch (error) {
      this.#ground.signal.throwIfAborted();
      this.#task.failed(read.place, error);
      return true;
    }
  }

  /** Reads a group when there is a slot, and finishes what is complete then. */
  #readLater(group: readonly PlacedRead[]): Promise<void> {
    const { slots, signal } = this.#ground;
    return slots.run(async () => {
      await this.#read(group);
      await settled(this.#task.arrived(group));
    }, signal);
  }

  /** Reads a group; where that fails, each of it by itself, so that only those fail that have to. */
  async #read(reads: readonly PlacedRead[]): Promise<void> {
    const { signal } = this.#ground;
    try {
      await readGroup(reads, this.#ground);
    } catch (error) {
      signal.throwIfAborted();
      if (reads.length > 1) {
        for (const read of reads) await this.#read([read]);
      } else for (const { place } of reads) this.#task.failed(place, error);
    }
  }
}

/** Whether a store may have bytes at hand at another time. */
function canBeAtHand([read]: readonly PlacedRead[]): boolean {
  return read !== undefined && mayHaveAtHand(read.store);
}
