import type { Bench, Prepared } from "../bench.ts";
import { raceGets, racePuts } from "../race_files.ts";
import { makeWorkspace } from "../workspace.ts";
import { startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";

const SIZE = 5 * 2 ** 30;
const BARS = ["s5cmd", "rclone", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));

/** A server and its peers on a disk: neither side fits into small memory. */
async function prepare(race: typeof racePuts): Promise<Prepared> {
  const workspace = await makeWorkspace();
  const container = await startBenchServer({ parent: workspace.path });
  const stop = [container, workspace];
  const programs = [lade, ...peerPrograms()];
  return await race({ container, programs, bars: BARS, stop }, workspace.path, SIZE);
}

/** To a disk. */
export const getHuge: Bench = {
  name: "s3-5gib-get",
  title: "GET 5 GiB to a file on a disk",
  prepare: () => prepare(raceGets),
};

/** From a disk. */
export const putHuge: Bench = {
  name: "s3-5gib-put",
  title: "PUT 5 GiB from a file on a disk",
  prepare: () => prepare(racePuts),
};
