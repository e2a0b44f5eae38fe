/** Does one piece of work on shards of samples twice: `tar_child.ts WORK DIRECTORY KEY…`. */
import { readChunks } from "../../packages/core/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import { SampleReader, streamSamples, writeSampleIndex } from "../../packages/formats/webdataset/mod.ts";
import { runTwice } from "../run_twice.ts";

const [work = "", directory = "", ...keys] = Deno.args;
await using store = await openFileStore(directory);

async function samples(): Promise<void> {
  for (const key of keys) {
    let bytes = 0;
    for await (const { fields } of streamSamples(store, key)) {
      for (const name in fields) bytes += fields[name]?.length ?? 0;
    }
    if (bytes === 0) throw new Error("no sample came");
  }
}

async function indexed(): Promise<void> {
  for (const key of keys) {
    const reader = await SampleReader.open(store, key);
    for (let index = 0; index < reader.length; index += 64) {
      const count = Math.min(64, reader.length - index);
      await reader.readMany(Array.from({ length: count }, (_, place) => index + place));
    }
  }
}

async function stored(): Promise<void> {
  for (const key of keys) {
    let bytes = 0;
    for await (const chunk of await readChunks(store, key, { checksum: "none" })) bytes += chunk.length;
    if (bytes === 0) throw new Error("nothing came");
  }
}

async function index(): Promise<void> {
  for (const key of keys) await writeSampleIndex(store, key);
}

const works: Record<string, () => Promise<void>> = { samples, indexed, stored, index };
const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await runTwice(run);
