/**
 * Goes through the files of a directory twice, in batches: `loader_child.ts WORK DIRECTORY COUNT SIZE BATCH`. `loader` is
 * Lade's, shuffled; `calls` makes the system calls of a safe read of each file, into one buffer, and nothing else.
 */
import { createLoader, filesDataset } from "../../packages/loader/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import { runTwice } from "../run_twice.ts";

const [work = "", directory = "", ...numbers] = Deno.args;
const [count = 0, size = 0, batchSize = 0] = numbers.map(Number);
await using store = await openFileStore(directory);
await using dataset = await filesDataset(store, "");
await using loader = createLoader(dataset, { batchSize, shuffle: "full", seed: 1 });
const buffer = new Uint8Array(batchSize * size);

function readFile(path: string, target: Uint8Array): number {
  Deno.lstatSync(path);
  using file = Deno.openSync(path);
  file.statSync();
  let at = 0;
  while (at < target.length) at += file.readSync(target.subarray(at)) ?? Infinity;
  return at;
}

const works: Readonly<Record<string, () => Promise<number>>> = {
  async loader() {
    let bytes = 0;
    for await (const { data } of loader) for (const sample of data) bytes += sample.bytes.length;
    return bytes;
  },
  calls() {
    let bytes = 0;
    for (let file = 0; file < count; file++) {
      const place = file % batchSize * size;
      const path = `${directory}/${String(file).padStart(5, "0")}`;
      bytes += readFile(path, buffer.subarray(place, place + size));
    }
    return Promise.resolve(bytes);
  },
};

await runTwice(async () => {
  const bytes = await works[work]?.();
  if (bytes !== count * size) throw new Error(`${work} read ${bytes} bytes of ${count * size}`);
});
