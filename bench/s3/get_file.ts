import type { Bench } from "../bench.ts";
import { memoryDirectory, raceGets } from "../race_files.ts";
import { makeWorkspace } from "../workspace.ts";
import { startBenchServer } from "./bench_server.ts";
import { startDelayProxy } from "./delay_proxy.ts";
import { lade, ladeDirect, peerPrograms } from "./programs.ts";

/** To memory as a file system: every core is busy. */
export const getFile: Bench = {
  name: "s3-get-file",
  title: "GET 1 GiB to a file in memory",
  async prepare() {
    const container = await startBenchServer();
    const directory = await memoryDirectory();
    const bars = [
      ...["s5cmd", "s3dlio", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 })),
      { ours: "lade", baseline: "rclone", atLeast: 0.9, cpuAtMost: 1.3 },
    ];
    const programs = [lade, ...peerPrograms()];
    return await raceGets({ container, programs, bars, stop: [container, directory] }, directory.path);
  },
};

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

/** Through a proxy that holds every byte back for 20 ms. */
export const getLatency: Bench = {
  name: "s3-get-latency",
  title: "GET 1 GiB to a file in memory, 20 ms of latency added",
  async prepare() {
    const container = await startBenchServer();
    const proxy = await startDelayProxy(Number(new URL(container.url).port), 20);
    const directory = await memoryDirectory();
    const bars = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
      .map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));
    const env = { ...container.env };
    for (const name of ["AWS_ENDPOINT_URL", "S3_ENDPOINT_URL", "RCLONE_CONFIG_PEER_ENDPOINT"]) {
      env[name] = proxy.url;
    }
    const programs = [lade, ...peerPrograms()];
    const stop = [proxy, container, directory];
    return await raceGets({ container, env, programs, bars, stop }, directory.path);
  },
};
