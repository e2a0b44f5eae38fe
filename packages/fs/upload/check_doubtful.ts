import { crc32c } from "@lade/codec/checksum";
import { partLength } from "@lade/core/backend";
import { system, type SystemFile } from "@lade/core/system";
import type { ReadRecord } from "./part_record.ts";

const STEP = 2 ** 20;

/**
 * The parts that a file at `path` has as its record says: those that were put on the disk, and of the others those whose
 * bytes still have the checksum that they were written with. What a machine's end took away has another one.
 */
export async function checkDoubtful(
  path: string,
  { header, written, doubtful }: ReadRecord,
): Promise<number[]> {
  const file = doubtful.size === 0 ? undefined : await system.open(path);
  try {
    const buffer = new Uint8Array(STEP);
    const kept: number[] = [];
    for (const index of written) {
      const due = doubtful.get(index);
      const length = partLength(index, header) ?? 0;
      const isKept = !file || due === undefined ||
        await sumOf(file, index * header.partSize, length, buffer) === due;
      if (isKept) kept.push(index);
    }
    return kept;
  } finally {
    file?.close();
  }
}

/** The CRC-32C of bytes of a file; `undefined` where it has fewer. */
async function sumOf(
  file: SystemFile,
  offset: number,
  length: number,
  buffer: Uint8Array,
): Promise<number | undefined> {
  await file.seek(offset, system.SeekMode.Start);
  let sum = 0;
  for (let left = length; left > 0;) {
    const count = await file.read(buffer.subarray(0, Math.min(left, buffer.length)));
    if (count === null) return undefined;
    sum = crc32c(buffer.subarray(0, count), sum);
    left -= count;
  }
  return sum;
}
