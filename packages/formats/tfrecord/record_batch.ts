/** Records that lie side by side in memory, in their order in the object. */
export class RecordBatch implements Iterable<Uint8Array> {
  /** Which record of the object the first one is, counted from 0. */
  readonly first: number;
  /** The memory that they lie in. Only to be read, and only until the next batch is asked for. */
  readonly bytes: Uint8Array;
  /** Where in `bytes` each begins. */
  readonly starts: readonly number[];
  /** Where in `bytes` each ends. */
  readonly ends: readonly number[];
  /** Where `bytes` begins in the object; of a compressed one, in what it decompresses to. */
  readonly offset: number;

  /** Takes the memory as it is. */
  constructor(
    place: { readonly first: number; readonly offset: number },
    bytes: Uint8Array,
    starts: readonly number[],
    ends: readonly number[],
  ) {
    this.first = place.first;
    this.offset = place.offset;
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
  }

  /** Records in the batch. */
  get length(): number {
    return this.starts.length;
  }

  /** A view of one, counted from 0 within the batch. */
  record(index: number): Uint8Array {
    const [start, end] = [this.starts[index], this.ends[index]];
    if (start === undefined || end === undefined) {
      throw new RangeError(`Cannot take record ${index} of a batch of ${this.length}`);
    }
    return this.bytes.subarray(start, end);
  }

  /** A view of each, in order. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    for (let index = 0; index < this.length; index++) yield this.record(index);
  }
}
