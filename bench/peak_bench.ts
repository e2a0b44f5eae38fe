import type { Bench } from "./bench.ts";
import type { BenchContainer } from "./bench_container.ts";
import { ladeCommand } from "./programs.ts";
import { stopAll } from "./race_files.ts";
import { runTimed } from "./timed_command.ts";
import { makeFile, makeWorkspace } from "./workspace.ts";

const SIZE = 5 * 2 ** 30;
const MOST = 400 * 2 ** 20;

/** Peak memory of the command, to and from a fake that keeps nothing and has `get/huge`. */
export function peakBench(
  name: string,
  start: () => Promise<Pick<BenchContainer, "root" | "env"> & AsyncDisposable>,
): Bench {
  return {
    name,
    title: "5 GiB from standard input, and to a file",
    async prepare() {
      const workspace = await makeWorkspace();
      const fake = await start();
      const path = `${workspace.path}/large`;
      await makeFile(path, SIZE);
      const { root, env } = fake;
      return {
        unit: "bytes",
        contenders: [
          {
            name: "lade pipe",
            async run() {
              const command = await ladeCommand("pipe", `${root}/huge`);
              return await runTimed({ command, env, amount: SIZE, stdin: path });
            },
          },
          {
            name: "lade get",
            async run() {
              const command = await ladeCommand("get", `${root}/get/huge`, path);
              return await runTimed({ command, env, amount: SIZE });
            },
          },
        ],
        bars: [],
        bounds: ["lade pipe", "lade get"].map((ours) => ({ ours, peakBytesAtMost: MOST })),
        [Symbol.asyncDispose]: () => stopAll([fake, workspace]),
      };
    },
  };
}
