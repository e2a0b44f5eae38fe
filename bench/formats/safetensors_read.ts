import { cpuUsage } from "node:process";
import { createStoreContext, type ObjectStore } from "@lade/core";
import { openSafetensors, type ReadAllOptions, writeSafetensors } from "@lade/formats/safetensors";
import { openFileStore } from "@lade/fs";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import type { Bar, Bench, Contender, Run } from "../bench.ts";
import { NotHereError, run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

const COUNT = 64;
const SHAPE = [1024, 2048];
const SIZE = COUNT * 4 * 1024 * 2048;

/** Loads a file into memory that was never used, and once more where the first arrays' memory is used again. */
const PYTHON = `
import json, resource, sys, time
import numpy as np
from safetensors.numpy import load_file
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
def load(touch):
    cpu, start = used(), time.perf_counter()
    arrays = load_file(sys.argv[1])
    if touch:
        assert len({int(np.bitwise_xor.reduce(array.view(np.uint64).ravel())) for array in arrays.values()}) == 1
    return {"seconds": time.perf_counter() - start, "cpuSeconds": used() - cpu}
fresh = load(True)
load(True)
print(json.dumps({"fresh": fresh, "reused": load(True), "untouched": load(False)}))
`;

type Kind = "fresh" | "reused" | "untouched";

/** All tensors of a cached file, beside the reference implementation. */
export const safetensorsRead: Bench = {
  name: "safetensors-read",
  title: "safetensors: all of 64 float32 tensors of 8 MiB, cached",
  async prepare() {
    const python = findFormatsPython();
    if (python === undefined) throw new NotHereError("Python with safetensors");
    const workspace = await makeWorkspace();
    const context = createStoreContext();
    const store = await openFileStore(workspace.path, { context });
    const data = new Float32Array(1024 * 2048).map((_, index) => index);
    await writeSafetensors(
      store,
      "model",
      Array.from(
        { length: COUNT },
        (_, index) => ({ name: `w${index}`, dtype: "float32", shape: SHAPE, data }),
      ),
    );
    const slab = context.buffers.lease(SIZE);
    const target = slab.bytes.subarray(0, SIZE);
    const theirs = (kind: Kind): Contender => ({
      name: `Python load_file, ${kind}`,
      run: async () => {
        const { [kind]: { seconds, cpuSeconds } } = JSON.parse(
          await run(python, ["-c", PYTHON, `${workspace.path}/model`]),
        );
        return { rate: SIZE / seconds, cpuSeconds };
      },
    });
    return {
      contenders: [
        { name: "lade readAll", run: () => readAll(store) },
        theirs("fresh"),
        { name: "lade readAll, into place", run: () => readAll(store, { target }) },
        theirs("reused"),
        theirs("untouched"),
      ],
      bars: [
        ...barsOf("lade readAll", "Python load_file, fresh"),
        ...barsOf("lade readAll, into place", "Python load_file, reused"),
        ...barsOf("lade readAll, into place", "Python load_file, untouched"),
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

function barsOf(ours: string, baseline: string): Bar[] {
  return [{ ours, baseline, atLeast: 1 }, { ours, baseline, cpuAtMost: 1 }];
}

async function readAll(store: ObjectStore, options: ReadAllOptions = {}): Promise<Run> {
  const before = cpuUsage();
  const startMs = performance.now();
  const file = await openSafetensors(store, "model");
  await file.readAll(options);
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = cpuUsage(before);
  return { rate: SIZE / seconds, cpuSeconds: (user + system) / 1e6 };
}
