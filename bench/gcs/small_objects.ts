import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { childContenders, smallBench, treeReaders, treeWriters } from "../race_small.ts";
import { startGcsBucket } from "./gcs_bucket.ts";
import { programsAt } from "./gcs_programs.ts";

const COUNT = 2_000;
const COMMON = { start: startGcsBucket, count: COUNT };
const BARS = [{ ours: "lade", baseline: "rclone", atLeast: 1 }];

/** Reads into memory, and writes from it; no peer does that. */
export const many: Bench = smallBench({
  ...COMMON,
  name: "gs-many",
  title: "2,000 x 4 KiB into and from memory",
  bars: [],
  contendersOf: (ground) =>
    childContenders(ground, {
      "lade getMany": ladeChildAt(ground.container.root, "get-many", String(COUNT)),
      "lade put": ladeChildAt(ground.container.root, "put-many", String(COUNT)),
    }),
});

/** Reads to files, by whole commands. */
export const getTree: Bench = smallBench({
  ...COMMON,
  name: "gs-get-tree",
  title: "GET 2,000 x 4 KiB to files in memory",
  bars: BARS,
  contendersOf: (ground) => treeReaders(ground, programsAt(ground.container)),
});

/** Writes from files, by whole commands. */
export const putTree: Bench = smallBench({
  ...COMMON,
  name: "gs-put-tree",
  title: "PUT 2,000 x 4 KiB from files in memory",
  bars: BARS,
  contendersOf: (ground) => treeWriters(ground, programsAt(ground.container)),
});
