import type { Bar, Bench, Prepared } from "../bench.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";
import { type BenchServer, MEMORY_DIRECTORY, startBenchServer } from "./bench_server.ts";
import { startDelayProxy } from "./delay_proxy.ts";
import { lade, ladeDirect, peerPrograms, type Program } from "./programs.ts";
import { runTimed } from "./timed_command.ts";

const SIZE = 2 ** 30;
const KEY = "get/large";

/** Puts an object of 1 GiB. */
export async function putLarge(server: BenchServer): Promise<void> {
  const path = await Deno.makeTempFile({ dir: MEMORY_DIRECTORY });
  try {
    await makeFile(path, SIZE);
    await server.lade.copy(`file://${path}`, `s3://bench/${KEY}`);
  } finally {
    await Deno.remove(path);
  }
}

/** Races programs that copy the object to a file, each to `get/large` in a directory of its own below `directory`. */
async function prepareGet(
  server: BenchServer,
  env: Readonly<Record<string, string>>,
  directory: string,
  programs: readonly Program[],
  bars: readonly Bar[],
  stop: readonly AsyncDisposable[],
): Promise<Prepared> {
  await putLarge(server);
  const target = `${directory}/get/large`;
  return {
    unit: "bytes",
    contenders: programs.flatMap(({ name, get }) =>
      get
        ? {
          name,
          async run() {
            await Deno.remove(`${directory}/get`, { recursive: true }).catch(() => {});
            await Deno.mkdir(`${directory}/get`);
            const run = await runTimed({ command: await get(KEY, target), env, amount: SIZE });
            const { size } = await Deno.stat(target);
            if (size !== SIZE) throw new Error(`Cannot race ${name}: it wrote ${size} bytes`);
            return run;
          },
        }
        : []
    ),
    bars,
    async [Symbol.asyncDispose]() {
      for (const one of stop) await one[Symbol.asyncDispose]();
    },
  };
}

/** To memory as a file system: every core is busy. */
export const getFile: Bench = {
  name: "s3-get-file",
  title: "GET 1 GiB to a file in memory",
  async prepare() {
    const server = await startBenchServer();
    const directory = await Deno.makeTempDir({ dir: MEMORY_DIRECTORY });
    const cleanUp = { [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
    const bars = [
      ...["s5cmd", "s3dlio", "aws-cli"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 })),
      { ours: "lade", baseline: "rclone", atLeast: 0.9, cpuAtMost: 1.3 },
    ];
    return await prepareGet(server, server.env, directory, [lade, ...peerPrograms()], bars, [
      server,
      cleanUp,
    ]);
  },
};

/** To the disk of the working directory, by direct:// against what the others do by default. */
export const getDirect: Bench = {
  name: "s3-get-direct",
  title: "GET 1 GiB to a disk through direct://",
  async prepare() {
    const server = await startBenchServer();
    const workspace = await makeWorkspace();
    const bars = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
      .map((baseline) => ({ ours: ladeDirect.name, baseline, cpuAtMost: 1 }));
    const programs = [ladeDirect, lade, ...peerPrograms()];
    return await prepareGet(server, server.env, workspace.path, programs, bars, [server, workspace]);
  },
};

/** Through a proxy that holds every byte back for 20 ms. */
export const getLatency: Bench = {
  name: "s3-get-latency",
  title: "GET 1 GiB to a file in memory, 20 ms of latency added",
  async prepare() {
    const server = await startBenchServer();
    const proxy = await startDelayProxy(Number(new URL(server.url).port), 20);
    const directory = await Deno.makeTempDir({ dir: MEMORY_DIRECTORY });
    const cleanUp = { [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
    const bars = ["s5cmd", "s3dlio", "aws-cli", "rclone"]
      .map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));
    const env = { ...server.env };
    for (const name of ["AWS_ENDPOINT_URL", "S3_ENDPOINT_URL", "RCLONE_CONFIG_PEER_ENDPOINT"]) {
      env[name] = proxy.url;
    }
    return await prepareGet(server, env, directory, [lade, ...peerPrograms()], bars, [
      proxy,
      server,
      cleanUp,
    ]);
  },
};
