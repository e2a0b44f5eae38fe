import { type Bandwidth, takeBoth } from "@lade/core/backend";
import { system, type SystemFile } from "@lade/core/system";

/** Zero bytes are left out by blocks of this size. */
const BLOCK = 4096;
const BUFFER = 2 ** 22;

/**
 * Copies the bytes of a file to a new one that only its owner may read, and leaves holes where blocks are zero. Where
 * holes are in the source is nothing that Deno can say: they are read, at the speed of memory.
 */
export async function copySparsely(
  from: string,
  to: string,
  signal: AbortSignal | undefined,
  bandwidth?: Bandwidth,
): Promise<void> {
  using input = await system.open(from);
  using output = await system.open(to, { write: true, createNew: true, mode: 0o600 });
  const words = new Int32Array(BUFFER / 4);
  const bytes = new Uint8Array(words.buffer);
  let size = 0;
  for (;;) {
    signal?.throwIfAborted();
    const count = await fill(input, bytes);
    if (count === 0) break;
    await takeBoth(bandwidth, count, signal);
    for (const [start, end] of runsOf(words, bytes, count)) {
      await output.seek(size + start, system.SeekMode.Start);
      for (let at = start; at < end;) at += await output.write(bytes.subarray(at, end));
    }
    size += count;
  }
  await output.truncate(size);
}

/** Reads until the buffer is full or the file ends. */
async function fill(input: SystemFile, bytes: Uint8Array): Promise<number> {
  let count = 0;
  while (count < bytes.length) {
    const read = await input.read(bytes.subarray(count));
    if (read === null) break;
    count += read;
  }
  return count;
}

/** The runs of blocks that are not all zero. */
function* runsOf(
  words: Int32Array,
  bytes: Uint8Array,
  count: number,
): Generator<[start: number, end: number]> {
  let start = -1;
  for (let at = 0; at < count; at += BLOCK) {
    const zero = at + BLOCK <= count
      ? isZero(words, at / 4)
      : bytes.subarray(at, count).every((it) => it === 0);
    if (!zero && start < 0) start = at;
    if (zero && start >= 0) {
      yield [start, at];
      start = -1;
    }
  }
  if (start >= 0) yield [start, count];
}

function isZero(words: Int32Array, start: number): boolean {
  for (let i = start; i < start + BLOCK / 4; i++) if (words[i] !== 0) return false;
  return true;
}
