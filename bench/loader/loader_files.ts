import { writeNpy } from "../../packages/formats/npy/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import type { Bench } from "../bench.ts";
import { makeWorkspace } from "../workspace.ts";
import { prepareRow } from "./loader_row.ts";

const IMAGE = 150_528;
const IMAGES = 4000;
const ARRAY = 8 * 2 ** 20;
const ARRAYS = 48;
const OURS = "lade loader";
const TORCH = ["torch, no workers", "torch, 2 workers"];

/** Files of noise, all alike: what is in them costs no reader anything. */
async function filesIn(directory: string, count: number, size: number): Promise<void> {
  await Deno.mkdir(directory);
  const noise = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
  for (let file = 0; file < count; file++) {
    await Deno.writeFile(`${directory}/${String(file).padStart(5, "0")}`, noise);
  }
}

/** Samples of the size of an image. */
export const loaderFiles: Bench = {
  name: "loader-files",
  title: "loader over 4,000 files of 150 kB, cached, shuffled, in batches of 64",
  async prepare() {
    const workspace = await makeWorkspace();
    await filesIn(`${workspace.path}/files`, IMAGES, IMAGE);
    const total = IMAGES * IMAGE;
    return prepareRow({
      uri: `file://${workspace.path}/files/`,
      total,
      batch: 64,
      works: { [OURS]: "full", "bare calls": "calls" },
      peers: ["s3dlio loader", ...TORCH],
      bars: [
        { ours: OURS, baseline: "bare calls", atLeast: 0.85 },
        { ours: OURS, baseline: "s3dlio loader", atLeast: 1.3 },
        ...TORCH.map((baseline) => ({ ours: OURS, baseline, atLeast: 3 })),
      ],
      bounds: [{ ours: OURS, cpuSecondsAtMost: 0.45 * total / 2 ** 30 }],
      dispose: () => workspace[Symbol.asyncDispose](),
    });
  },
};

/** Large arrays, read straight into the batch. */
export const loaderNpy: Bench = {
  name: "loader-npy",
  title: "loader over 48 npy files of 8 MiB, cached, shuffled, in batches of 4, into one array each",
  async prepare() {
    const workspace = await makeWorkspace();
    const directory = `${workspace.path}/npy`;
    await Deno.mkdir(directory);
    await using store = await openFileStore(directory);
    const data = Float32Array.from({ length: ARRAY / 4 }, (_, place) => place);
    for (let file = 0; file < ARRAYS; file++) {
      const array = { dtype: "float32", shape: [ARRAY / 4], order: "C", data } as const;
      await writeNpy(store, `${String(file).padStart(5, "0")}.npy`, array);
    }
    const total = ARRAYS * ARRAY;
    return prepareRow({
      uri: `file://${directory}/`,
      total,
      batch: 4,
      works: { [OURS]: "full", "lade readInto": "into" },
      peers: ["s3dlio loader", ...TORCH],
      bars: [
        { ours: OURS, baseline: "lade readInto", atLeast: 0.7 },
        { ours: OURS, baseline: "s3dlio loader", atLeast: 1.8 },
        ...TORCH.map((baseline) => ({ ours: OURS, baseline, atLeast: 4 })),
      ],
      bounds: [{ ours: OURS, cpuSecondsAtMost: 0.35 * total / 2 ** 30 }],
      dispose: () => workspace[Symbol.asyncDispose](),
    });
  },
};

/** A training that computes for 20 ms of each step. */
export const loaderCompute: Bench = {
  name: "loader-compute",
  title: "steps of 4 x 8 MiB and 20 ms of computing, cached: thousandths of the time that computes",
  async prepare() {
    const workspace = await makeWorkspace();
    await filesIn(`${workspace.path}/files`, ARRAYS, ARRAY);
    return prepareRow({
      uri: `file://${workspace.path}/files/`,
      total: ARRAYS * ARRAY,
      batch: 4,
      amount: 1000,
      argument: 20,
      unit: "calls",
      works: { [OURS]: "compute" },
      peers: ["s3dlio loader", ...TORCH],
      bars: ["s3dlio loader", ...TORCH].map((baseline) => ({ ours: OURS, baseline, atLeast: 1 })),
      dispose: () => workspace[Symbol.asyncDispose](),
    });
  },
};
