import type { Bench } from "../bench.ts";
import { allowedCores } from "../cores.ts";
import { memoryDirectory, racePuts } from "../race_files.ts";
import { bareTitle, startBareContainer } from "./bare_server.ts";
import { startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";

const SIZE = 2 ** 30;
const TITLE = "PUT 1 GiB from a file in memory";
const PEERS = ["s5cmd", "s3dlio", "aws-cli", "rclone"];

/** From memory as a file system. Where the server's CPU time forbids what is asked, most of what it leaves is. */
export const putFile: Bench = {
  name: "s3-put-file",
  title: TITLE,
  async prepare() {
    const container = await startBenchServer();
    const directory = await memoryDirectory();
    const orOfCores = {
      share: 0.9,
      cores: allowedCores().length || navigator.hardwareConcurrency,
      amount: SIZE,
    };
    const bars = PEERS.map((baseline) => ({ ours: "lade", baseline, atLeast: 2, orOfCores }));
    const programs = [lade, ...peerPrograms()];
    const race = { container, programs, bars, stop: [container, directory] };
    const prepared = await racePuts(race, directory.path, SIZE);
    return { ...prepared, bounds: [{ ours: "lade", cpuSecondsAtMost: 0.8 }] };
  },
};

/** The same to the bare server, which limits nobody. */
export const putFileBare: Bench = {
  name: "s3-put-file-bare",
  title: bareTitle(TITLE),
  async prepare() {
    const container = await startBareContainer();
    const directory = await memoryDirectory();
    const bars = PEERS.map((baseline) => ({ ours: "lade", baseline, atLeast: 2 }));
    const race = { container, programs: [lade, ...peerPrograms()], bars, stop: [container, directory] };
    return await racePuts(race, directory.path, SIZE);
  },
};
