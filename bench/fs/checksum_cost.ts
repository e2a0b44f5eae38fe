import { createStoreContext, readInto } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type Bench, rateOf } from "../bench.ts";
import { evict, makeFile, makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;

/** What CRC-32C adds to a read from the disk. */
export const checksumCost: Bench = {
  name: "checksum-cost",
  title: "file:// read of 1 GiB, not cached, with and without CRC-32C on the path",
  async prepare() {
    const workspace = await makeWorkspace();
    const path = `${workspace.path}/data`;
    await makeFile(path, SIZE);
    const context = createStoreContext();
    const store = await openFileStore(workspace.path, { context });
    const slab = context.buffers.lease(SIZE);
    slab.bytes.fill(1);
    const cold = async (checksum: "crc32c" | "none") => {
      await evict(path);
      return await rateOf(SIZE, () => readInto(store, "data", slab.bytes, { checksum }));
    };
    return {
      contenders: [
        { name: "with CRC-32C", run: () => cold("crc32c") },
        { name: "without", run: () => cold("none") },
      ],
      bars: [{ ours: "with CRC-32C", baseline: "without", atLeast: 0.85 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
