import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { pythonChild } from "../python_children.ts";
import { childContenders, smallBench, treeReaders, treeWriters } from "../race_small.ts";
import { startAzureContainer } from "./azure_container.ts";
import { programsAt } from "./azure_programs.ts";

const COUNT = 2_000;
const COMMON = { start: startAzureContainer, count: COUNT };
const BARS = ["rclone", "s3dlio"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));

/** Reads into memory. */
export const getMany: Bench = smallBench({
  ...COMMON,
  name: "az-get-many",
  title: "GET 2,000 x 4 KiB into memory",
  bars: [{ ours: "lade getMany", baseline: "s3dlio get_many", atLeast: 1 }],
  contendersOf: (ground) =>
    childContenders(ground, {
      "lade getMany": ladeChildAt(ground.container.root, "get-many", String(COUNT)),
      "s3dlio get_many": pythonChild(ground.container.s3dlioRoot, "s3dlio get_many", "small/", String(COUNT)),
    }),
});

/** Writes from memory. */
export const putMany: Bench = smallBench({
  ...COMMON,
  name: "az-put-many",
  title: "PUT 2,000 x 4 KiB from memory",
  bars: [{ ours: "lade put", baseline: "s3dlio put_many", atLeast: 1 }],
  contendersOf: (ground) =>
    childContenders(ground, {
      "lade put": ladeChildAt(ground.container.root, "put-many", String(COUNT)),
      "s3dlio put_many": pythonChild(ground.container.s3dlioRoot, "s3dlio put_many", "put/", String(COUNT)),
    }),
});

/** Reads to files, by whole commands. */
export const getTree: Bench = smallBench({
  ...COMMON,
  name: "az-get-tree",
  title: "GET 2,000 x 4 KiB to files in memory",
  bars: BARS,
  contendersOf: (ground) => treeReaders(ground, programsAt(ground.container)),
});

/** Writes from files, by whole commands. */
export const putTree: Bench = smallBench({
  ...COMMON,
  name: "az-put-tree",
  title: "PUT 2,000 x 4 KiB from files in memory",
  bars: BARS.filter(({ baseline }) => baseline === "rclone"),
  contendersOf: (ground) => treeWriters(ground, programsAt(ground.container)),
});
