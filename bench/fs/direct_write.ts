import { createStoreContext } from "@lade/core";
import { openDirectStore } from "@lade/fs";
import { type Bench, rateOf } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;
const CHUNK = 2 ** 24;

/** A file past the page cache, durable when it ends. */
export const directWrite: Bench = {
  name: "direct-write",
  title: "direct:// write of 1 GiB, synced, over an earlier one",
  async prepare() {
    const workspace = await makeWorkspace();
    const context = createStoreContext();
    const store = await openDirectStore(workspace.path, { context, sync: "data" });
    const slab = context.buffers.lease(CHUNK);
    slab.bytes.fill(7);
    const dd = ["if=/dev/zero", `of=${workspace.path}/other`, "bs=4M", "count=256", "status=none"];
    return {
      contenders: [
        {
          name: "lade writer",
          run: () =>
            rateOf(SIZE, async () => {
              await using writer = await store.createWriter("data");
              for (let at = 0; at < SIZE; at += CHUNK) await writer.write(slab.bytes);
              await writer.close();
            }),
        },
        {
          name: "dd oflag=direct",
          run: () => rateOf(SIZE, () => run("dd", [...dd, "oflag=direct", "conv=fsync"])),
        },
      ],
      bars: [{ ours: "lade writer", baseline: "dd oflag=direct", atLeast: 0.9 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
