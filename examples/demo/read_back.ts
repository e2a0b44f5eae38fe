import { crc32c, readInto, UnsupportedError } from "@lade/core";
import type { Lade } from "@lade/lade";
import type { Group, SourceFile } from "./data_set.ts";
import type { Rate } from "./rate.ts";

/** Bytes and objects that are read at once at most, but for a single larger object. */
const MOST = { bytes: 2 ** 26, objects: 16 };

interface Load {
  readonly file: SourceFile;
  readonly target: Uint8Array<ArrayBuffer>;
}

/** Reads the objects of a group into reused buffers, several at once; verifies them while the clock stands still. */
export async function readBack(lade: Lade, group: Group, from: string, signal: AbortSignal): Promise<Rate> {
  const { store, key: root } = await lade.locate(`${from}/`);
  using stack = new DisposableStack();
  const targets = Array.from({ length: countAtOnce(group) }, () => {
    // The system gives out memory when it is first touched, which is no part of reading.
    return stack.use(lade.context.buffers.lease(group.size)).bytes.subarray(0, group.size).fill(0);
  });
  let readingMs = 0;
  try {
    for (let next = 0; next < group.files.length; next += targets.length) {
      const loads = targets.flatMap((target, i): Load[] => {
        const file = group.files[next + i];
        return file ? [{ file, target }] : [];
      });
      const start = performance.now();
      await Promise.all(
        loads.map(({ file, target }) => readInto(store, root + file.name, target, { signal })),
      );
      readingMs += performance.now() - start;
      for (const { file, target } of loads) {
        if (crc32c(target) !== file.crc32c) {
          throw new Error(`Cannot verify ${from}/${file.name}: wrong bytes`);
        }
      }
    }
  } catch (error) {
    if (error instanceof UnsupportedError) return "no O_DIRECT";
    throw error;
  }
  return group.size * group.files.length / (readingMs / 1000);
}

function countAtOnce({ size, files }: Group): number {
  return Math.max(1, Math.min(files.length, MOST.objects, Math.floor(MOST.bytes / size)));
}
