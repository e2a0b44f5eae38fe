import type { ReadPlan } from "../datasets/dataset.ts";
import type { PlacedRead } from "./read_samples.ts";

/** Where the bytes of each sample of a batch lie in its memory, those of a sample together, and which are there. */
export class BatchLayout {
  /** Bytes of memory that it takes. */
  readonly total: number;
  /** Bytes of samples. */
  readonly bytes: number;
  readonly #plan: ReadPlan<unknown>;
  readonly #starts: Float64Array;
  readonly #sizes: Float64Array;
  /** Reads that are not done, of each sample. */
  readonly #left: Int32Array;

  /** Each of `count` samples begins at a multiple of `alignment`. */
  constructor(plan: ReadPlan<unknown>, count: number, alignment: number) {
    this.#plan = plan;
    this.#sizes = new Float64Array(count);
    this.#left = new Int32Array(count);
    for (const { place, length } of plan.reads) {
      this.#sizes[place] = (this.#sizes[place] ?? 0) + length;
      this.#left[place] = (this.#left[place] ?? 0) + 1;
    }
    let [total, bytes] = [0, 0];
    this.#starts = this.#sizes.map((size) => {
      const start = total;
      bytes += size;
      total = Math.ceil((total + size) / alignment) * alignment;
      return start;
    });
    this.total = total;
    this.bytes = bytes;
  }

  /** Samples of which nothing is read. */
  get without(): number[] {
    return this.#left.keys().filter((place) => this.#left[place] === 0).toArray();
  }

  /** Bytes of a sample. */
  sizeOf(place: number): number {
    return this.#sizes[place] ?? 0;
  }

  /** The memory of a sample. */
  bytesOf(place: number, memory: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const start = this.#starts[place] ?? 0;
    return memory.subarray(start, start + (this.#sizes[place] ?? 0));
  }

  /** The reads, each with its place in `memory`. */
  readsInto(memory: Uint8Array<ArrayBuffer>): PlacedRead[] {
    const ends = this.#starts.slice();
    return this.#plan.reads.map((read) => {
      const start = ends[read.place] ?? 0;
      ends[read.place] = start + read.length;
      const within = start - (this.#starts[read.place] ?? 0);
      return { ...read, within, target: memory.subarray(start, start + read.length) };
    });
  }

  /** Counts reads as done, and gives the samples of which those were the last ones. */
  arrived(reads: readonly PlacedRead[]): number[] {
    const complete: number[] = [];
    for (const { place } of reads) {
      const left = this.#left[place] = (this.#left[place] ?? 1) - 1;
      if (left === 0) complete.push(place);
    }
    return complete;
  }
}
