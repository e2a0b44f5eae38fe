/**
 * Does one piece of work twice and prints seconds and CPU seconds of the second time. `lade_child.ts WORK [COUNT]`.
 */
import {
  createStoreContext,
  getBytes,
  getMany,
  readInto,
  type ReadOptions,
} from "../../packages/core/mod.ts";
import { openS3Store } from "../../packages/s3/mod.ts";
import { cpuUsage } from "node:process";

const [work = "", count = "0"] = Deno.args;
const context = createStoreContext();
const store = await openS3Store("bench", { context });
const keys = Array.from({ length: Number(count) }, (_, i) => `small/${String(i).padStart(5, "0")}`);
const small = crypto.getRandomValues(new Uint8Array(4096));
const SIZE = 2 ** 30;
let target: Uint8Array | undefined;

async function into(options: ReadOptions): Promise<void> {
  target ??= context.buffers.lease(SIZE).bytes;
  await readInto(store, "get/large", target, options);
}

const works: Record<string, () => Promise<void>> = {
  async "get-bytes"() {
    await getBytes(store, "get/large");
  },
  "read-into": () => into({}),
  "read-into-four": () => into({ concurrency: 4 }),
  "read-into-one-stream": () => into({ concurrency: 1, chunkSize: SIZE }),
  async "get-many"() {
    let bytes = 0;
    for await (const result of getMany(store, keys)) {
      if ("error" in result) throw result.error;
      bytes += result.bytes.length;
    }
    if (bytes !== keys.length * small.length) throw new Error(`Cannot count: ${bytes} bytes came`);
  },
  async "put-many"() {
    let next = 0;
    const lane = async () => {
      for (let key = keys[next++]; key !== undefined; key = keys[next++]) {
        await store.put(`put/${key}`, small);
      }
    };
    await Promise.all(Array.from({ length: 64 }, lane));
  },
};

const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await run();
const before = cpuUsage();
const startMs = performance.now();
await run();
const seconds = (performance.now() - startMs) / 1000;
const { user, system } = cpuUsage(before);
console.log(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6 }));
await store[Symbol.asyncDispose]();
