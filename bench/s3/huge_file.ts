import type { Bench } from "../bench.ts";
import { raceGets, racePuts } from "../race_files.ts";
import { makeWorkspace } from "../workspace.ts";
import { startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";

const SIZE = 5 * 2 ** 30;
const BARS = ["s5cmd", "rclone", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));

/** On a disk, the server too: neither side fits into small memory. */
export const getHuge: Bench = {
  name: "s3-5gib-get",
  title: "GET 5 GiB to a file on a disk",
  async prepare() {
    const workspace = await makeWorkspace();
    const container = await startBenchServer({ parent: workspace.path });
    const race = {
      container,
      programs: [lade, ...peerPrograms()],
      bars: BARS,
      stop: [container, workspace],
    };
    return await raceGets(race, workspace.path, SIZE);
  },
};

/** From a disk, the server on it too. */
export const putHuge: Bench = {
  name: "s3-5gib-put",
  title: "PUT 5 GiB from a file on a disk",
  async prepare() {
    const workspace = await makeWorkspace();
    const container = await startBenchServer({ parent: workspace.path });
    const race = {
      container,
      programs: [lade, ...peerPrograms()],
      bars: BARS,
      stop: [container, workspace],
    };
    return await racePuts(race, workspace.path, SIZE);
  },
};
