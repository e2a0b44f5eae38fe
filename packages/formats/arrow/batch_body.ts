import type { BatchHeader } from "./batch_header.ts";
import { decompressBuffer } from "./decompress_buffer.ts";

/** Bytes between two buffers that are read with them rather than left out: what aligns them. */
const GAP = 256;

/** What buffers begin at a multiple of, where their writer did the same. */
const ALIGNMENT = 64;

/** Bytes of a body that lie together, and the memory that they go to. */
export interface BodyRun {
  /** The first byte, from the body's start. */
  readonly offset: number;
  /** The memory, as aligned as they are in the body. */
  readonly target: Uint8Array<ArrayBuffer>;
}

/** The part of a batch's body that is wanted: which bytes these are, and once they are there its buffers. */
export class BatchBody {
  /** Is told of each checksum that was compared: what it is of, and of how many bytes of the object. */
  onSum?: (what: string, bytes: number) => void;
  /** What has to be read, in ascending order. */
  readonly runs: readonly BodyRun[];
  readonly #header: BatchHeader;

  private constructor(header: BatchHeader, runs: readonly BodyRun[]) {
    this.#header = header;
    this.runs = runs;
  }

  /**
   * Plans to read the buffers of the given numbers. One that does not lie in the body's `length` bytes is an error, before
   * memory is taken, of which there is never more than the body has.
   */
  static plan(header: BatchHeader, length: number, wanted: Iterable<number>): BatchBody {
    const ranges: { offset: number; end: number }[] = [];
    for (const index of wanted) {
      const buffer = bufferAt(header, index);
      const end = buffer.offset + buffer.length;
      if (end > length) {
        throw header.fault(`its buffer ${index} lies at ${buffer.offset}+${buffer.length} of ${length}`);
      }
      if (buffer.length > 0) ranges.push({ offset: buffer.offset, end });
    }
    ranges.sort((a, b) => a.offset - b.offset);
    const merged: { offset: number; end: number }[] = [];
    for (const { offset, end } of ranges) {
      const last = merged.at(-1);
      if (last && offset <= last.end + GAP) last.end = Math.max(last.end, end);
      else merged.push({ offset, end });
    }
    return new BatchBody(
      header,
      merged.map(({ offset, end }) => ({ offset, target: allocate(offset, end - offset) })),
    );
  }

  /** Buffers of a body that is there as a whole. */
  static whole(header: BatchHeader, body: Uint8Array<ArrayBuffer>): BatchBody {
    header.buffers.forEach(({ offset, length }, index) => {
      if (offset + length <= body.length) return;
      throw header.fault(`its buffer ${index} lies at ${offset}+${length} of ${body.length}`);
    });
    return new BatchBody(header, [{ offset: 0, target: body }]);
  }

  /**
   * A buffer that was planned, decompressed. One that has fewer than `least` bytes is an error; `most` is what its rows
   * take, where fewer may be there.
   */
  buffer(index: number, least: number, most: number = least): Uint8Array {
    const { codec, fault } = this.#header;
    const { offset, length } = bufferAt(this.#header, index);
    let bytes = this.#find(offset, length);
    if (codec && length > 0) bytes = decompressBuffer(bytes, codec, most, fault, this.onSum);
    if (bytes.length >= least) return bytes;
    throw fault(`its buffer ${index} has ${bytes.length} bytes, and ${least} are needed`);
  }

  /** Bytes that a buffer has as it is stored. */
  storedBytes(index: number): number {
    return bufferAt(this.#header, index).length;
  }

  #find(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const run = this.runs.findLast((candidate) => candidate.offset <= offset);
    const start = offset - (run?.offset ?? 0);
    if (!run || start + length > run.target.length) {
      throw new RangeError(`buffer at ${offset} was not planned`);
    }
    return run.target.subarray(start, start + length);
  }
}

/** Memory for `length` bytes that lie at `offset` of a body. */
export function allocate(offset: number, length: number): Uint8Array<ArrayBuffer> {
  const lead = offset % ALIGNMENT;
  return new Uint8Array(new ArrayBuffer(lead + length), lead);
}

function bufferAt({ buffers, fault }: BatchHeader, index: number) {
  const buffer = buffers[index];
  if (!buffer) throw fault(`it has no buffer ${index}`);
  return buffer;
}
