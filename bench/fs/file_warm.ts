import { createStoreContext, readInto } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type Bench, type Contender, rateOf } from "../bench.ts";
import { compile, run } from "../peers.ts";
import { s3dlioGet } from "../s3dlio.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;

/** A cached file into a buffer that was used before. */
export const fileWarm: Bench = {
  name: "file-warm",
  title: "file:// read of 1 GiB, cached, into a reused aligned buffer",
  async prepare() {
    const workspace = await makeWorkspace();
    const path = `${workspace.path}/data`;
    await makeFile(path, SIZE);
    const context = createStoreContext();
    const store = await openFileStore(workspace.path, { context });
    const slab = context.buffers.lease(SIZE);
    slab.bytes.fill(1);
    const contenders: Contender[] = [{
      name: "lade readInto",
      run: () => rateOf(SIZE, () => readInto(store, "data", slab.bytes)),
    }];
    const bars = [];
    const pread = await compile("pread", workspace.path);
    if (pread) {
      contenders.push({
        name: "C pread",
        run: async () => SIZE / Number(await run(pread, [path, "4194304"])),
      });
      bars.push({ ours: "lade readInto", baseline: "C pread", atLeast: 0.9 });
    } else {
      contenders.push({
        name: "dd",
        run: () => rateOf(SIZE, () => run("dd", [`if=${path}`, "of=/dev/null", "bs=4M", "status=none"])),
      });
      bars.push({ ours: "lade readInto", baseline: "dd", atLeast: 0.9 });
    }
    const s3dlio = await s3dlioGet(`file://${path}`, SIZE, "lade readInto");
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
