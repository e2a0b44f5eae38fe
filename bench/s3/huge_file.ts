import type { Bench, Prepared } from "../bench.ts";
import type { BenchContainer } from "../bench_container.ts";
import { raceGets, racePuts } from "../race_files.ts";
import { makeWorkspace } from "../workspace.ts";
import { bareTitle, startBareContainer } from "./bare_server.ts";
import { startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";

const SIZE = 5 * 2 ** 30;
const GET = "GET 5 GiB to a file on a disk";
const PUT = "PUT 5 GiB from a file on a disk";
const BARS = ["s5cmd", "rclone", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));
const BOUNDS = [{ ours: "lade", peakBytesAtMost: 400 * 2 ** 20 }];

async function prepare(
  race: typeof racePuts,
  start: (directory: string) => Promise<BenchContainer>,
  filled: boolean,
): Promise<Prepared> {
  const workspace = await makeWorkspace();
  const container = await start(workspace.path);
  const stop = [container, workspace];
  const programs = [lade, ...peerPrograms()];
  const prepared = await race({ container, programs, bars: BARS, stop, filled }, workspace.path, SIZE);
  return { ...prepared, bounds: BOUNDS };
}

/** On a disk as its peers: neither side fits into small memory. */
const startOnDisk = (parent: string) => startBenchServer({ parent });
const startBare = () => startBareContainer({ objects: { "get/large": SIZE } });

/** To a disk. */
export const getHuge: Bench = {
  name: "s3-5gib-get",
  title: GET,
  prepare: () => prepare(raceGets, startOnDisk, false),
};

/** From a disk. */
export const putHuge: Bench = {
  name: "s3-5gib-put",
  title: PUT,
  prepare: () => prepare(racePuts, startOnDisk, false),
};

/** To a disk that only the contender uses. */
export const getHugeBare: Bench = {
  name: "s3-5gib-get-bare",
  title: bareTitle(GET),
  prepare: () => prepare(raceGets, startBare, true),
};

/** From a disk that only the contender uses. */
export const putHugeBare: Bench = {
  name: "s3-5gib-put-bare",
  title: bareTitle(PUT),
  prepare: () => prepare(racePuts, startBare, true),
};
