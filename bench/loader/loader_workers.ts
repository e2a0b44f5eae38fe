import { openFileStore } from "../../packages/fs/mod.ts";
import type { Bench } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { prepareRow } from "./loader_row.ts";
import { writeRecords } from "./loader_shards.ts";

const IMAGES = 800;

/** A transformation that computes, in this thread and in workers. */
export const loaderWorkers: Bench = {
  name: "loader-workers",
  title: `loader over ${IMAGES} records of 150 kB, each transformed by some ms of computing`,
  async prepare() {
    const directory = await Deno.makeTempDir({ dir: ground().memory });
    await using store = await openFileStore(directory);
    await writeRecords(store, "records/", IMAGES);
    const [alone, one, two] = ["lade, no worker", "lade, 1 worker", "lade, 2 workers"];
    return prepareRow({
      uri: `file://${directory}/records/`,
      total: IMAGES,
      batch: 16,
      unit: "calls",
      works: { [alone]: "transform0", [one]: "transform1", [two]: "transform2" },
      bars: [{ ours: two, baseline: alone, atLeast: 1.5 }],
      dispose: () => Deno.remove(directory, { recursive: true }),
    });
  },
};
