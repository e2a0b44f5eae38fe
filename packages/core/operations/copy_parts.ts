import { checksumsOf } from "@lade/codec/checksum";
import { inParallel } from "../concurrency/in_parallel.ts";
import type { BudgetLease } from "../context/byte_budget.ts";
import type { ResolvedRange } from "../contract/types.ts";
import { chunkSizes, cutUnits, type UnitCut } from "../read/chunk_plan.ts";
import { POUR_STEP } from "../read/pour_body.ts";
import type { ChunkSink } from "../read/chunk_reception.ts";
import { CopyWidth } from "./copy_width.ts";
import type { PartCopy } from "./part_copy.ts";
import { canPour, partAt, pouredChunk, pourPart } from "./pour_part.ts";

/**
 * Moves every byte of a read into a writer of parts: several ranges concurrently, each part written from the memory it
 * was received in, in any order. Holds one part for each range in flight, counted in the byte budget. Where parts lie in a
 * file and nobody needs their bytes in order, they are poured there, which holds little.
 *
 * On a failure, all else is ended and waited for before this rejects.
 */
export async function copyParts(copy: PartCopy): Promise<void> {
  const { from, read, writer, options, lease } = copy;
  const { context, limits, readHints } = from;
  const { concurrency = "auto" } = options;
  const { size, partSize } = writer;
  const limit = limits.read;
  const usual = chunkSizes(readHints, limit, options);
  const first = read.chunkAt(0)?.length ?? 0;
  read.beginAnew(copy.checksum);
  const { ordered } = read;
  const pours = canPour(copy);
  // What waits for its turn is held, so it is one part at a time.
  const chunkSize = pours
    ? () => pouredChunk(copy)
    : ordered
    ? (left: number) => Math.min(partSize, usual(left))
    : usual;
  const units = unitsOf(copy, {
    range: read.range,
    first,
    partSize,
    chunkSize,
  });
  const width = new CopyWidth(writer, () => limit.current, concurrency, pours);
  const isPoured = (unit: readonly ResolvedRange[]) => pours && !writer.isWritten(partAt(unit, partSize));
  const lengthOf = (unit: readonly ResolvedRange[]) =>
    isPoured(unit)
      ? Math.min(POUR_STEP, partSize)
      : ordered
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
      if (isPoured(chunks)) return await pourPart(copy, chunks, signal);
      const shared = writer.wantsShared?.() ?? false;
      using slab = shared ? context.buffers.leaseShared(bytes) : context.buffers.lease(bytes);
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
async function writePart({ writer, partSum }: PartCopy, index: number, bytes: Uint8Array): Promise<void> {
  if (!writer.isWritten(index)) await writer.writePart(index, bytes);
  if (!partSum) return;
  const { algorithm, onPart } = partSum;
  onPart(index, checksumsOf(bytes, [algorithm])[algorithm]);
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
