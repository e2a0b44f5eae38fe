import type { Poured } from "../contract/pour.ts";
import type { ResolvedRange } from "../contract/types.ts";
import { CombinedChecksums } from "../read/chunk_sums.ts";
import type { PartCopy } from "./part_copy.ts";

/** Whether parts can be poured: they lie in a file, take whole requests, and nobody needs their bytes in order. */
export function canPour({ from, read, writer, options }: PartCopy): boolean {
  const { chunkSize = "auto" } = options;
  const least = Math.min(read.range.length, chunkSize === "auto" ? from.readHints.chunkSize : chunkSize);
  return writer.fillPart !== undefined && !writer.ordered && !read.ordered && writer.partSize >= least;
}

/** Bytes of a chunk that is poured: a request for each part, unless the caller says otherwise. */
export function pouredChunk({ writer: { partSize }, options: { chunkSize = "auto" } }: PartCopy): number {
  return chunkSize === "auto" ? partSize : Math.min(partSize, chunkSize);
}

/** The part that chunks are of. */
export function partAt([chunk]: readonly ResolvedRange[], partSize: number): number {
  return Math.floor((chunk?.offset ?? 0) / partSize);
}

/** Has a part filled from its chunks, one after the other. */
export async function pourPart(
  { read, writer, partSum }: PartCopy,
  chunks: readonly ResolvedRange[],
  signal: AbortSignal,
): Promise<void> {
  const { partSize } = writer;
  const part = partAt(chunks, partSize);
  const indexes = chunks.map((chunk) => ({ index: read.append(chunk), ...chunk }));
  let checksum: string | undefined;
  await writer.fillPart?.(part, async (region, wanted, ended): Promise<Poured> => {
    const either = AbortSignal.any([signal, ended]);
    const algorithm = partSum?.algorithm;
    const names = algorithm === undefined || wanted.includes(algorithm) ? wanted : [...wanted, algorithm];
    const total = new CombinedChecksums(names);
    let bytes = 0;
    let writingMs = 0;
    for (const { index, offset, length } of indexes) {
      const to = { ...region, offset: region.offset + offset - part * partSize, length };
      const poured = await read.pour(index, to, names, either);
      total.add(poured.sums, length);
      bytes += length;
      writingMs += poured.writingMs ?? 0;
    }
    const sums = total.checksums;
    checksum = algorithm && sums[algorithm];
    return { bytes, sums, writingMs };
  });
  if (partSum && checksum !== undefined) partSum.onPart(part, checksum);
}
