import { cpuUsage } from "node:process";
import { createStoreContext, readInto } from "@lade/core";
import { readNpy, writeNpy } from "@lade/formats/npy";
import { openFileStore } from "@lade/fs";
import type { Bench, Run } from "../bench.ts";
import { makeWorkspace } from "../workspace.ts";

const ARRAYS = 48;
const MIB = 2 ** 20;
const SHAPE = [8, MIB / 4] as const;
const SIZE = 8 * MIB;

/** Arrays of 8 MiB from files that are cached, one after the other into the same memory. */
export const npyRead: Bench = {
  name: "npy-read",
  title: `npy: ${ARRAYS} arrays of 8 MiB by readNpy, cached, into place`,
  async prepare() {
    const workspace = await makeWorkspace();
    const context = createStoreContext();
    const store = await openFileStore(workspace.path, { context });
    const keys = Array.from({ length: ARRAYS }, (_, index) => `array-${index}.npy`);
    const data = Float32Array.from({ length: SIZE / 4 }, (_, index) => index);
    for (const key of keys) await writeNpy(store, key, { dtype: "float32", shape: SHAPE, order: "C", data });
    const slab = context.buffers.lease(SIZE + 4096);
    const { buffer, byteOffset } = slab.bytes;
    const into = new Float32Array(buffer, byteOffset, SIZE / 4);
    const whole = slab.bytes.subarray(0, SIZE + 128);
    return {
      contenders: [
        { name: "lade readNpy", run: () => timed(keys, (key) => readNpy(store, key, { into })) },
        { name: "lade readInto", run: () => timed(keys, (key) => readInto(store, key, whole)) },
      ],
      bars: [
        { ours: "lade readNpy", baseline: "lade readInto", atLeast: 0.9 },
        { ours: "lade readNpy", baseline: "lade readInto", cpuAtMost: 1.1 },
      ],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        slab.release();
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};

async function timed(
  keys: readonly string[],
  read: (key: string) => Promise<unknown>,
): Promise<Run> {
  const before = cpuUsage();
  const start = performance.now();
  for (const key of keys) await read(key);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = cpuUsage(before);
  return { rate: keys.length * SIZE / seconds, cpuSeconds: (user + system) / 1e6 };
}
