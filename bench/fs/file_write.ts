import { createStoreContext } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type Bench, rateOf } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;
const CHUNK = 2 ** 22;

/** A file through the page cache, without sync. */
export const fileWrite: Bench = {
  name: "file-write",
  title: "file:// write of 1 GiB without sync, over an earlier one",
  async prepare() {
    const workspace = await makeWorkspace();
    const context = createStoreContext();
    const store = await openFileStore(workspace.path, { context });
    const slab = context.buffers.lease(CHUNK);
    slab.bytes.fill(7);
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
          name: "dd",
          run: () =>
            rateOf(
              SIZE,
              () =>
                run("dd", [
                  "if=/dev/zero",
                  `of=${workspace.path}/other`,
                  "bs=4M",
                  "count=256",
                  "status=none",
                ]),
            ),
        },
      ],
      bars: [{ ours: "lade writer", baseline: "dd", atLeast: 0.9 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
