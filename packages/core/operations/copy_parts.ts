import { inParallel } from "../concurrency/in_parallel.ts";
import type { BudgetLease } from "../context/byte_budget.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ResolvedRange } from "../contract/types.ts";
import { chunkSizes, cutUnits, type UnitCut } from "../read/chunk_plan.ts";
import type { ChunkSink, ObjectRead } from "../read/object_read.ts";
import type { ReadOptions } from "../read/read_options.ts";
import { CopyWidth } from "./copy_width.ts";

/** What {@linkcode copyParts} moves. */
export interface PartCopy {
  /** The store that is read. */
  readonly from: ObjectStore;
  /** The read of a whole object, its first request answered and nothing fetched yet. */
  readonly read: ObjectRead;
  /** Takes the parts. */
  readonly writer: PartWriter;
  /** Those of the read. */
  readonly options: ReadOptions;
  /** Counts bytes against the budget already; it is given back once those of the first part are counted. */
  readonly lease?: BudgetLease | undefined;
  /** What is computed of the bytes; as the read's options say by default. */
  readonly checksum?: ReadOptions["checksum"];
  /** The parts that are read; all by default. Those of them that are written already are read alone. */
  readonly only?: (index: number) => boolean;
  /** Called with each part that was read and is written. */
  readonly onPart?: (index: number, bytes: Uint8Array) => void;
}

/**
 * Moves every byte of a read into a writer of parts: several ranges concurrently, each part written from the memory it
 * was received in, in any order. Holds one part for each range in flight, counted in the byte budget.
 *
 * On a failure, all else is ended and waited for before this rejects.
 */
export async function copyParts(copy: PartCopy): Promise<void> {
  const { from, read, writer, options, lease } = copy;
  const { context, limits, readHints } = from;
  const { concurrency = "auto" } = options;
  const { size, partSize } = writer;
  const limit = limits.read;
  const chunkSize = chunkSizes(readHints, limit, options);
  const first = read.chunkAt(0)?.length ?? 0;
  read.beginAnew(copy.checksum);
  const { ordered } = read;
  const units = unitsOf(copy, {
    range: read.range,
    first,
    partSize,
    // What waits for its turn is held, so it is one part at a time.
    chunkSize: ordered ? (left) => Math.min(partSize, chunkSize(left)) : chunkSize,
  });
  const width = new CopyWidth(writer, () => limit.current, concurrency);
  const lengthOf = (unit: readonly ResolvedRange[]) =>
    ordered
      ? unit.reduce((sum, chunk) => sum + chunk.length, 0)
      : Math.min(partSize, size - (unit[0]?.offset ?? 0));
  let next = units.next();
  let held: BudgetLease | undefined;
  // There is room for one more unit when the width allows it and its bytes are counted.
  const most = (running: number) => {
    if (next.done || running >= width.most) return running;
    const length = lengthOf(next.value);
    held ??= running > 0 ? context.budget.tryAcquire(length) : context.budget.overdraw(length);
    return held ? running + 1 : running;
  };
  const counted = function* () {
    while (!next.done && held) {
      const unit = { chunks: next.value, bytes: lengthOf(next.value), held };
      held = undefined;
      lease?.release();
      next = units.next();
      yield unit;
    }
  };
  const onRise = (listener: () => void) => limit.onRise(() => (width.rise(), listener()));
  await inParallel(counted(), { most, onRise }, async ({ chunks, bytes, held }, signal) => {
    try {
      using slab = context.buffers.lease(bytes);
      const sink = ordered
        ? sinkFrom(copy, slab.bytes, width, chunks[0]?.offset ?? 0)
        : sinkOf(copy, slab.bytes, width);
      const indexes = chunks.map((chunk) => read.append(chunk));
      for (const index of indexes) await read.fetch(index, sink, signal);
      const last = chunks.at(-1);
      if (ordered && last) await ordered.whenTaken(last.offset + last.length, signal);
    } finally {
      held.release();
      width.finishOne();
    }
  }, options.signal);
}

/** The units of the parts that are wanted: those of each run of them, one after the other. */
function* unitsOf({ writer, only }: PartCopy, cut: UnitCut): Generator<readonly ResolvedRange[], void, void> {
  if (!only) return yield* cutUnits(cut);
  const { size, partSize, partCount } = writer;
  let first = cut.first;
  for (let index = 0; index < partCount;) {
    const start = index;
    while (index < partCount && only(index)) index++;
    const offset = start * partSize;
    if (index > start) {
      yield* cutUnits({
        ...cut,
        first,
        range: { offset, length: Math.min(size, index * partSize) - offset },
      });
      first = 0;
    } else index++;
  }
}

/** Writes a part, unless it is written and was only to be read. */
async function writePart({ writer, onPart }: PartCopy, index: number, bytes: Uint8Array): Promise<void> {
  if (!writer.isWritten(index)) await writer.writePart(index, bytes);
  onPart?.(index, bytes);
}

/** Gathers each part at the start of `memory` and writes it from there. */
function sinkOf(copy: PartCopy, memory: Uint8Array, width: CopyWidth): ChunkSink {
  const { size, partSize } = copy.writer;
  return {
    room(offset) {
      const at = offset % partSize;
      return memory.subarray(at, Math.min(partSize, size - offset + at));
    },
    reached(offset) {
      if (offset % partSize !== 0 && offset !== size) return undefined;
      const index = Math.ceil(offset / partSize) - 1;
      return width.whileWriting(writePart(copy, index, memory.subarray(0, offset - index * partSize)));
    },
  };
}

/** The same where nothing may be overwritten before all of it was used: `memory` holds the bytes from `start` on. */
function sinkFrom(copy: PartCopy, memory: Uint8Array, width: CopyWidth, start: number): ChunkSink {
  const { size, partSize } = copy.writer;
  return {
    room(offset) {
      const partEnd = Math.min(size, offset - offset % partSize + partSize);
      return memory.subarray(offset - start, partEnd - start);
    },
    reached(offset) {
      if (offset % partSize !== 0 && offset !== size) return undefined;
      const index = Math.ceil(offset / partSize) - 1;
      const part = memory.subarray(index * partSize - start, offset - start);
      return width.whileWriting(writePart(copy, index, part));
    },
  };
}
