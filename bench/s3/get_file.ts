import type { Bar, Bench } from "../bench.ts";
import { memoryDirectory, raceGets } from "../race_files.ts";
import { makeWorkspace } from "../workspace.ts";
import { bareTitle, startBareContainer } from "./bare_server.ts";
import { startBenchServer } from "./bench_server.ts";
import { startDelayProxy } from "./delay_proxy.ts";
import { lade, ladeDirect, peerPrograms } from "./programs.ts";

const OBJECTS = { "get/large": 2 ** 30 };
const DELAY_MS = 20;
const FILE_BARS: readonly Bar[] = [
  ...["s5cmd", "s3dlio", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 })),
  { ours: "lade", baseline: "rclone", atLeast: 1, cpuAtMost: 1.3 },
];
const LATENCY_BARS: readonly Bar[] = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
  .map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));

/** To memory as a file system: every core is busy. */
export const getFile: Bench = {
  name: "s3-get-file",
  title: "GET 1 GiB to a file in memory",
  async prepare() {
    const container = await startBenchServer();
    const directory = await memoryDirectory();
    const programs = [lade, ...peerPrograms()];
    return await raceGets(
      { container, programs, bars: FILE_BARS, stop: [container, directory] },
      directory.path,
    );
  },
};

/** The same from the bare server. */
export const getFileBare: Bench = bareGets("s3-get-file-bare", "GET 1 GiB to a file in memory", FILE_BARS);

/** To the disk of the working directory, by direct:// against what the others do by default. */
export const getDirect: Bench = {
  name: "s3-get-direct",
  title: "GET 1 GiB to a disk through direct://",
  async prepare() {
    const container = await startBenchServer();
    const workspace = await makeWorkspace();
    const bars = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
      .map((baseline) => ({ ours: ladeDirect.name, baseline, cpuAtMost: 1 }));
    const programs = [ladeDirect, lade, ...peerPrograms()];
    return await raceGets({ container, programs, bars, stop: [container, workspace] }, workspace.path);
  },
};

/** Through a proxy that holds every byte back. */
export const getLatency: Bench = {
  name: "s3-get-latency",
  title: `GET 1 GiB to a file in memory, ${DELAY_MS} ms of latency added`,
  async prepare() {
    const container = await startBenchServer();
    const proxy = await startDelayProxy(Number(new URL(container.url).port), DELAY_MS);
    const directory = await memoryDirectory();
    const env = { ...container.env };
    for (const name of ["AWS_ENDPOINT_URL", "S3_ENDPOINT_URL", "RCLONE_CONFIG_PEER_ENDPOINT"]) {
      env[name] = proxy.url;
    }
    const programs = [lade, ...peerPrograms()];
    const stop = [proxy, container, directory];
    return await raceGets({ container, env, programs, bars: LATENCY_BARS, stop }, directory.path);
  },
};

/** The same from the bare server, which waits before each answer: no proxy takes a core. */
export const getLatencyBare: Bench = bareGets(
  "s3-get-latency-bare",
  `GET 1 GiB to a file in memory, ${DELAY_MS} ms before each answer`,
  LATENCY_BARS,
  DELAY_MS,
);

function bareGets(name: string, title: string, bars: readonly Bar[], delayMs = 0): Bench {
  return {
    name,
    title: bareTitle(title),
    async prepare() {
      const container = await startBareContainer({ objects: OBJECTS, delayMs });
      const directory = await memoryDirectory();
      const programs = [lade, ...peerPrograms()];
      const stop = [container, directory];
      return await raceGets({ container, programs, bars, stop, filled: true }, directory.path);
    },
  };
}
