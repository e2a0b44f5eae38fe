import { mayHaveAtHand } from "@lade/core/seams";
import type { BlockSource } from "../pool/block_cache.ts";
import type { LentBuffer } from "../pool/batch_memory.ts";
import type { Slots } from "../pool/slots.ts";
import type { Reader } from "../readers/reader.ts";
import type { ReadTurns } from "../readers/read_turns.ts";
import type { BatchLayout } from "./batch_layout.ts";
import { groupReads, type PlacedRead, type ReadGround, readGroup } from "./read_samples.ts";
import { readThere, type SharedReads, sharedReads } from "./read_there.ts";
import { areLarge, ReadsAtHand } from "./reads_at_hand.ts";
import { settled } from "./settled.ts";

/** What batches are read with. */
export interface BatchReadsGround extends ReadGround {
  /** Bounds how much is read together. */
  readonly slots: Slots;
  /** Lets one batch at a time read what is at hand, or a reader. */
  readonly turns: ReadTurns;
  /** A second thread that may read, where the loader may have one. */
  readonly reader: Reader | undefined;
  /** Steps of the epoch that are not handed out. */
  readonly stepsLeft: () => number;
}

/** The memory of a batch, and what lies where. */
export interface BatchPlace {
  readonly layout: BatchLayout;
  readonly buffer: LentBuffer;
}

/** The batch that is read, and what is told of its reads. */
export interface BatchReadsTask {
  /** The sample at each place. */
  readonly indices: readonly number[];
  /** What is waited for in the end. */
  readonly work: Promise<void>[];
  /**
   * Counts reads as done, and begins to finish the samples that are complete. `checksum` is that of what is checked of a
   * single read, where it was taken with it.
   */
  readonly arrived: (reads: readonly PlacedRead[], checksum?: number) => Promise<void>[];
  /** The sample at a place is lost. */
  readonly failed: (place: number, error: unknown) => void;
}

/** Reads in a row that were not at hand, after which the rest of a batch is not either. */
const MOST_MISSED = 3;
/** Bytes to come from which a reader pays: it costs what some 30 MB cost to read. */
const WORTH_A_READER = 2 ** 26;

/** The reads of one batch, each into its place. */
export class BatchReads {
  readonly #ground: BatchReadsGround;
  readonly #task: BatchReadsTask;
  /** Reads that were not at hand, though their store might have had them. */
  #missed = 0;

  /** Reads nothing yet. */
  constructor(ground: BatchReadsGround, task: BatchReadsTask) {
    this.#ground = ground;
    this.#task = task;
  }

  /**
   * Reads all: what is at hand at once, the rest concurrently, that of one object together. With a `place`, they are all that
   * the batch has, and may be a reader's.
   */
  async readAll(reads: readonly PlacedRead[], place?: BatchPlace): Promise<void> {
    const groups = groupReads(reads);
    const left = groups.some(canBeAtHand) ? await this.#readAtHand(groups, place) : groups;
    this.#task.work.push(...left.map((group) => this.#readLater(group)));
  }

  /**
   * Copies samples from their blocks; those of none, and of a block that cannot be had, are each read by themselves. Large
   * ones that are at hand need no block.
   */
  async copyAll(blocks: BlockSource, reads: readonly PlacedRead[], place: BatchPlace): Promise<void> {
    const groups = groupReads(reads);
    if (!areLarge(reads) || !groups.some(canBeAtHand)) return await this.#copy(blocks, reads);
    const left = await this.#readAtHand(groups, place);
    await this.#copy(blocks, left.flat());
  }

  /** Reads what is at hand when it is the batch's turn, here or by a reader, and gives what is left. */
  async #readAtHand(
    groups: readonly (readonly PlacedRead[])[],
    place?: BatchPlace,
  ): Promise<readonly (readonly PlacedRead[])[]> {
    const { reader, turns, stepsLeft } = this.#ground;
    const shared = reader && place && sharedReads(groups, place.buffer);
    let wanted = groups;
    let left: readonly (readonly PlacedRead[])[] = [];
    const here = async () => {
      const before = this.#missed;
      left = await this.#readHere(wanted);
      if (!shared || (this.#missed - before) * 4 >= wanted.length) return;
      if (place.layout.bytes * stepsLeft() >= WORTH_A_READER) reader.start(shared.program);
    };
    const there = shared && (async () => {
      wanted = await this.#readThere(shared, place, reader);
      return wanted.length === 0;
    });
    await turns.run(here, there && { program: shared.program, there });
    return left;
  }

  /**
   * What is at hand is read at once, one batch after the other, so that none takes the time that another one waited for.
   * Where it is not, the one read that is then waited for gives other work its turn, or finds a disk that has to be asked:
   * after some in a row the rest is not looked for, and given.
   */
  async #readHere(
    groups: readonly (readonly PlacedRead[])[],
  ): Promise<readonly (readonly PlacedRead[])[]> {
    const left: (readonly PlacedRead[])[] = [];
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
          continue;
        }
        this.#missed++;
        if (++missed < MOST_MISSED) await this.#readLater([read]);
        else left.push([read]);
      }
    }
    return left;
  }

  /** Has a reader read, and gives what it did not, with the places where it goes. */
  async #readThere(
    shared: SharedReads,
    { layout, buffer }: BatchPlace,
    reader: Reader,
  ): Promise<PlacedRead[][]> {
    const { signal, stats } = this.#ground;
    const { work, arrived } = this.#task;
    const done = await readThere(shared, buffer, { reader, stats });
    signal.throwIfAborted();
    for (const [which, read] of shared.reads.entries()) {
      const { isDone, checksum } = done[which] ?? { isDone: false };
      if (isDone) work.push(...arrived([read], checksum));
    }
    if (done.every(({ isDone }) => isDone)) return [];
    return layout.readsInto(buffer.bytes).filter((_, which) => !done[which]?.isDone).map((read) => [read]);
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
    return slots.run(
      async () => {
        await this.#read(group);
        await settled(this.#task.arrived(group));
      },
      signal,
      group[0]?.store.limits.read,
    );
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
