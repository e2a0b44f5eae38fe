import { ground } from "./ground/ground.ts";

/** A directory for the files of a benchmark, on the disk of the working directory; removed when disposed. */
export interface Workspace extends AsyncDisposable {
  /** Its absolute path. */
  readonly path: string;
}

/** Makes a directory of its own. */
export async function makeWorkspace(): Promise<Workspace> {
  const path = await Deno.makeTempDir({ dir: ground().disk, prefix: ".lade-bench-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Writes a file of seeded bytes. */
export async function makeFile(path: string, size: number, seed = 1): Promise<void> {
  const words = new Uint32Array(2 ** 20);
  let x = seed | 1;
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  for (let left = size; left > 0; left -= words.byteLength) {
    for (let i = 0; i < words.length; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      words[i] = x;
    }
    await writer.write(new Uint8Array(words.buffer.slice(0, Math.min(left, words.byteLength))));
  }
  await writer.close();
}

/** Drops a file from the page cache, where the system's `dd` can. */
export async function evict(path: string): Promise<void> {
  await new Deno.Command("dd", {
    args: [`of=${path}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"],
  }).output();
}
