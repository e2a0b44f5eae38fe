import { FRAME_BYTES } from "./record_frame.ts";

/** Where a record's frame lies in an object. */
export interface FrameRange {
  /** Its first byte. */
  readonly offset: number;
  /** Its bytes, head and foot included. */
  readonly length: number;
}

/** Where the records of a TFRecord object lie, one after the other from its first byte to its last; 8 bytes for each. */
export class RecordIndex {
  /** Where each record's frame begins, and behind these where the last one ends. */
  readonly bounds: Float64Array;

  /** Takes the bounds as they are: rising from 0 by at least 16. */
  constructor(bounds: Float64Array) {
    this.bounds = bounds;
  }

  /** Records. */
  get length(): number {
    return this.bounds.length - 1;
  }

  /** Bytes of the object. */
  get size(): number {
    return this.bounds[this.length] ?? 0;
  }

  /** Where the frame of a record lies; a `RangeError` for one that there is none of. */
  rangeOf(record: number): FrameRange {
    const [offset, end] = [this.bounds[record], this.bounds[record + 1]];
    if (offset === undefined || end === undefined) {
      throw new RangeError(`Cannot find record ${record}: there are ${this.length}`);
    }
    return { offset, length: end - offset };
  }

  /** Bytes of a record, without its frame. */
  lengthOf(record: number): number {
    return this.rangeOf(record).length - FRAME_BYTES;
  }
}
