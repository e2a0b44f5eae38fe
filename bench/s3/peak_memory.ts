import type { Bench } from "../bench.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";
import { startBenchServer } from "./bench_server.ts";
import { ladeCommand } from "../programs.ts";
import { runTimed } from "../timed_command.ts";

const SIZE = 5 * 2 ** 30;
const MOST = 400 * 2 ** 20;

/** On a disk: neither side fits into small memory. */
export const peakMemory: Bench = {
  name: "s3-peak",
  title: "5 GiB from standard input, and to a file",
  async prepare() {
    const workspace = await makeWorkspace();
    const server = await startBenchServer({ parent: workspace.path });
    const path = `${workspace.path}/large`;
    await makeFile(path, SIZE);
    const { env } = server;
    return {
      unit: "bytes",
      contenders: [
        {
          name: "lade pipe",
          async run() {
            const command = await ladeCommand("pipe", "s3://bench/huge");
            return await runTimed({ command, env, amount: SIZE, stdin: path });
          },
        },
        {
          name: "lade get",
          async run() {
            const command = await ladeCommand("get", "s3://bench/huge", path);
            return await runTimed({ command, env, amount: SIZE });
          },
        },
      ],
      bars: [],
      bounds: ["lade pipe", "lade get"].map((ours) => ({ ours, peakBytesAtMost: MOST })),
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
