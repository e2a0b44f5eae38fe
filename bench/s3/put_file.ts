import type { Bench } from "../bench.ts";
import { memoryDirectory, racePuts } from "../race_files.ts";
import { startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";

/** From memory as a file system. */
export const putFile: Bench = {
  name: "s3-put-file",
  title: "PUT 1 GiB from a file in memory",
  async prepare() {
    const container = await startBenchServer();
    const directory = await memoryDirectory();
    const bars = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
      .map((baseline) => ({ ours: "lade", baseline, atLeast: 2 }));
    const programs = [lade, ...peerPrograms()];
    const race = { container, programs, bars, stop: [container, directory] };
    const prepared = await racePuts(race, directory.path, 2 ** 30);
    return { ...prepared, bounds: [{ ours: "lade", cpuSecondsAtMost: 0.8 }] };
  },
};
