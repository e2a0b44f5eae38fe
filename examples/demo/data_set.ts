import { crc32c } from "@lade/core";

/** Files of one size. */
export interface Group {
  /** Bytes of each file. */
  readonly size: number;
  /** The files. */
  readonly files: readonly SourceFile[];
}

/** One file of the data set. */
export interface SourceFile {
  /** Its name, which becomes its key. */
  readonly name: string;
  /** Where it lies. */
  readonly path: string;
  /** CRC-32C of its bytes. */
  readonly crc32c: number;
}

/** How many files of which size: half of the bytes in one file, then ever more and smaller ones. */
export function sizeClasses(total: number): { size: number; count: number }[] {
  return [
    { size: total / 2, count: 1 },
    { size: total / 16, count: 4 },
    { size: total / 128, count: 16 },
    { size: total / 1024, count: 64 },
    { size: total / 8192, count: 512 },
  ];
}

/** Writes seeded files of each class. */
export async function makeDataSet(
  directory: string,
  classes: readonly { size: number; count: number }[],
  seed: number,
  signal: AbortSignal,
): Promise<Group[]> {
  await Deno.mkdir(directory);
  const groups: Group[] = [];
  let state = seed;
  for (const { size, count } of classes) {
    const files: SourceFile[] = [];
    for (let i = 0; i < count; i++) {
      signal.throwIfAborted();
      const name = `${size}/${String(i).padStart(4, "0")}.bin`;
      const path = `${directory}/${size}-${i}.bin`;
      const bytes = randomBytes(size, ++state);
      await Deno.writeFile(path, bytes);
      files.push({ name, path, crc32c: crc32c(bytes) });
    }
    groups.push({ size, files });
  }
  return groups;
}

/** Marsaglia's xorshift32, one word at a time. */
function randomBytes(size: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let x = (seed * 0x9e3779b9) | 1;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, size);
}
