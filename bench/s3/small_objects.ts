import type { Bench } from "../bench.ts";
import { childContenders, listers, smallBench, treeReaders, treeWriters } from "../race_small.ts";
import { bareTitle, startBareContainer } from "./bare_server.ts";
import { startBenchServer } from "./bench_server.ts";
import { awsTrees, lade, ladeChild, peerPrograms, S3 } from "./programs.ts";
import { pythonChild } from "../python_children.ts";

const COUNT = 10_000;
const BARE_COUNT = 2_000;
const BARE_SIZE = 150_000;
const COMMON = { start: () => startBenchServer(), count: COUNT };

/** Reads into memory. */
export const getMany: Bench = smallBench({
  ...COMMON,
  name: "s3-get-many",
  title: "GET 10,000 x 4 KiB into memory",
  bars: [{ ours: "lade getMany", baseline: "s3dlio get_many", atLeast: 3 }],
  contendersOf: (ground) =>
    childContenders(ground, {
      "lade getMany": ladeChild("get-many", String(COUNT)),
      "s3dlio get_many": pythonChild(S3, "s3dlio get_many", "small/", String(COUNT)),
    }),
});

/** Writes from memory. */
export const putMany: Bench = smallBench({
  ...COMMON,
  name: "s3-put-many",
  title: "PUT 10,000 x 4 KiB from memory",
  bars: [{ ours: "lade put", baseline: "s3dlio put_many", atLeast: 1 }],
  contendersOf: (ground) =>
    childContenders(ground, {
      "lade put": ladeChild("put-many", String(COUNT)),
      "s3dlio put_many": pythonChild(S3, "s3dlio put_many", "put/small/", String(COUNT)),
    }),
});

/** Reads to files. */
export const getTree: Bench = smallBench({
  ...COMMON,
  name: "s3-get-tree",
  title: "GET 10,000 x 4 KiB to files in memory",
  bars: [{ ours: "lade", baseline: "rclone", atLeast: 1.2 }],
  contendersOf: (ground) => treeReaders(ground, [lade, ...peerPrograms()]),
});

const BARE = { start: () => startBareContainer(), count: COUNT };

/** The same from the bare server. */
export const getTreeBare: Bench = smallBench({
  ...BARE,
  name: "s3-get-tree-bare",
  title: bareTitle("GET 10,000 x 4 KiB to files in memory"),
  bars: [{ ours: "lade", baseline: "rclone", atLeast: 1.2 }],
  contendersOf: (ground) => treeReaders(ground, [lade, ...peerPrograms()]),
});

/** The same to the bare server. */
export const putTreeBare: Bench = smallBench({
  ...BARE,
  name: "s3-put-tree-bare",
  title: bareTitle("PUT 10,000 x 4 KiB from files in memory"),
  bars: [{ ours: "lade", baseline: "s5cmd", atLeast: 1.5 }],
  contendersOf: (ground) => treeWriters(ground, [lade, ...peerPrograms()]),
});

/** Samples of a data set, as loaders read them. */
export const getSamples: Bench = smallBench({
  ...BARE,
  count: BARE_COUNT,
  size: BARE_SIZE,
  name: "s3-get-samples",
  title: bareTitle(`GET ${BARE_COUNT} x ${BARE_SIZE / 1000} kB into memory`),
  bars: [
    { ours: "lade getMany", baseline: "signed URLs, fresh memory", cpuAtMost: 1.5 },
    { ours: "lade getBytes", baseline: "signed URLs, fresh memory", cpuAtMost: 1.5 },
    { ours: "lade readInto", baseline: "signed URLs, reused memory", cpuAtMost: 2 },
  ],
  bounds: ["getMany", "getBytes", "readInto"].map((call) => ({
    ours: `lade ${call}`,
    cpuSecondsAtMost: 0.25e-3 * BARE_COUNT,
  })),
  contendersOf: (ground) => {
    const child = (work: string) => ladeChild(work, `${BARE_COUNT}x${BARE_SIZE}`);
    return childContenders(ground, {
      "lade getMany": child("get-many"),
      "lade getBytes": child("get-each"),
      "signed URLs, fresh memory": child("get-each-signed"),
      "lade readInto": child("read-each"),
      "signed URLs, reused memory": child("read-each-signed"),
    });
  },
});

/** Writes from files. */
export const putTree: Bench = smallBench({
  ...COMMON,
  name: "s3-put-tree",
  title: "PUT 10,000 x 4 KiB from files in memory",
  bars: [{ ours: "lade", baseline: "s5cmd", atLeast: 1.5 }],
  contendersOf: (ground) => treeWriters(ground, [lade, ...peerPrograms()]),
});

const LARGER = { ...COMMON, size: 2 ** 16 };
const OF_LARGER = ["s5cmd", "rclone", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));

/** Reads sixteen times as many bytes to files. */
export const getLargerTree: Bench = smallBench({
  ...LARGER,
  name: "s3-64k-get",
  title: "GET 10,000 x 64 KiB to files in memory",
  bars: OF_LARGER,
  contendersOf: (ground) => treeReaders(ground, [lade, ...peerPrograms(), ...awsTrees()]),
});

/** Writes sixteen times as many bytes from files. */
export const putLargerTree: Bench = smallBench({
  ...LARGER,
  name: "s3-64k-put",
  title: "PUT 10,000 x 64 KiB from files in memory",
  bars: OF_LARGER,
  contendersOf: (ground) => treeWriters(ground, [lade, ...peerPrograms(), ...awsTrees()]),
});

/** Lists, start-up included. */
export const list: Bench = smallBench({
  ...COMMON,
  name: "s3-list",
  title: "List 10,000 keys",
  bars: [{ ours: "lade", baseline: "s5cmd", atLeast: 1 }],
  contendersOf: (ground) => listers(ground, [lade, ...peerPrograms()]),
});
