import { LENGTH_FAULT, recordFault } from "./record_fault.ts";
import { FRAME_BYTES, HEAD_BYTES, lengthInHead } from "./record_frame.ts";
import { RecordIndex } from "./record_index.ts";

/** Follows the heads of frames from one to the next: each says where the next one is. */
export class HeadWalk {
  readonly #uri: string;
  readonly #size: number;
  #bounds = new Float64Array(1024);
  #records = 0;

  /** Begins with the first byte of an object of `size` bytes. */
  constructor(uri: string, size: number) {
    this.#uri = uri;
    this.#size = size;
  }

  /** Records so far. */
  get records(): number {
    return this.#records;
  }

  /** Where the next frame begins. */
  get offset(): number {
    return this.#bounds[this.#records] as number;
  }

  /** Whether the object ends where the next frame would begin. */
  get isEnded(): boolean {
    return this.offset === this.#size;
  }

  /** Bytes of one of the last frames, counted from the last one, which is 0; 0 where there are not so many. */
  frameLength(back: number): number {
    const record = this.#records - 1 - back;
    return record < 0 ? 0 : (this.#bounds[record + 1] as number) - (this.#bounds[record] as number);
  }

  /** Takes the head of the next frame, which lies at `at`. One that does not fit is a `FormatError`. */
  take(bytes: Uint8Array, at: number): void {
    const { offset } = this;
    const length = lengthInHead(bytes, at);
    const place = { uri: this.#uri, record: this.#records, offset };
    if (length === undefined) throw recordFault(place, LENGTH_FAULT);
    const left = this.#size - offset - FRAME_BYTES;
    if (length > left) throw recordFault(place, `it has ${length} bytes, and ${Math.max(left, 0)} are left`);
    if (this.#records + 2 > this.#bounds.length) {
      const grown = new Float64Array(2 * this.#bounds.length);
      grown.set(this.#bounds);
      this.#bounds = grown;
    }
    this.#bounds[++this.#records] = offset + length + FRAME_BYTES;
  }

  /** Takes all heads that lie in bytes which begin at `start`; gives where the next one begins. */
  takeAll(bytes: Uint8Array, start: number): number {
    for (let at = this.offset - start; at + HEAD_BYTES <= bytes.length; at = this.offset - start) {
      this.take(bytes, at);
    }
    return this.offset;
  }

  /** Where all frames are. An object that ends amid a head is a `FormatError`. */
  finish(): RecordIndex {
    if (!this.isEnded) {
      const place = { uri: this.#uri, record: this.#records, offset: this.offset };
      throw recordFault(
        place,
        `it is cut after ${this.#size - this.offset} of the ${HEAD_BYTES} bytes of its head`,
      );
    }
    return new RecordIndex(this.#bounds.slice(0, this.#records + 1));
  }
}
