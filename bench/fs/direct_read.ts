import { createStoreContext, readInto } from "@lade/core";
import { openDirectStore } from "@lade/fs";
import { type Bench, type Contender, rateOf } from "../bench.ts";
import { run } from "../peers.ts";
import { s3dlioGet } from "../s3dlio.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;

/** A file past the page cache. */
export const directRead: Bench = {
  name: "direct-read",
  title: "direct:// read of 1 GiB into a reused aligned buffer",
  async prepare() {
    const workspace = await makeWorkspace();
    const path = `${workspace.path}/data`;
    await makeFile(path, SIZE);
    await run("sync", [path]);
    const context = createStoreContext();
    const store = await openDirectStore(workspace.path, { context });
    const slab = context.buffers.lease(SIZE);
    slab.bytes.fill(1);
    const contenders: Contender[] = [
      { name: "lade readInto", run: () => rateOf(SIZE, () => readInto(store, "data", slab.bytes)) },
      {
        name: "dd iflag=direct",
        run: () =>
          rateOf(
            SIZE,
            () => run("dd", [`if=${path}`, "of=/dev/null", "bs=4M", "iflag=direct", "status=none"]),
          ),
      },
    ];
    const bars = [{ ours: "lade readInto", baseline: "dd iflag=direct", atLeast: 0.9 }];
    const s3dlio = await s3dlioGet(`direct://${path}`, SIZE, "lade readInto");
    return {
      contenders: [...contenders, ...s3dlio.contenders],
      bars: [...bars, ...s3dlio.bars],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
