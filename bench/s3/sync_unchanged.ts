import type { Bench, Contender } from "../bench.ts";
import { ladeCommand } from "../programs.ts";
import { peer } from "../peers.ts";
import { memoryDirectory, stopAll } from "../race_files.ts";
import { runTimed } from "../timed_command.ts";
import { startBenchServer } from "./bench_server.ts";
import { S3 } from "./programs.ts";

const COUNT = 100_000;
const DIRECTORIES = 100;
const MOST = 250 * 2 ** 20;

/** Synchronizes a tree that is up to date, start-up included: what counts is how fast both sides are listed and compared. */
export const syncUnchanged: Bench = {
  name: "s3-sync-unchanged",
  title: `sync of ${COUNT} unchanged objects to files in memory`,
  async prepare() {
    const [container, directory] = [await startBenchServer(), await memoryDirectory()];
    const target = `${directory.path}/tree`;
    await fill(`${directory.path}/made`);
    await container.lade.upload(`${directory.path}/made`, `${container.root}/tree/`, { keepTime: false });
    await Deno.remove(`${directory.path}/made`, { recursive: true });
    await container.lade.sync(`${container.root}/tree/`, target);
    const contender = (name: string, command: () => Promise<readonly string[]>): Contender => ({
      name,
      run: async () => await runTimed({ command: await command(), env: container.env, amount: COUNT }),
    });
    const s5cmd = peer("venv", "bin", "s5cmd");
    const rclone = peer("bin", "rclone");
    const many = ["--transfers", "64", "--checkers", "64"];
    return {
      unit: "calls",
      contenders: [
        contender("lade", () => ladeCommand("sync", `${S3}/tree/`, `${target}/`)),
        ...(s5cmd
          ? [contender("s5cmd", () => Promise.resolve([s5cmd, "sync", `${S3}/tree/*`, `${target}/`]))]
          : []),
        ...(rclone
          ? [
            contender("rclone", () => Promise.resolve([rclone, "sync", ...many, "peer:bench/tree", target])),
            contender("rclone --use-server-modtime", () =>
              Promise.resolve([
                ...[rclone, "sync", "--use-server-modtime", "--update", ...many, "peer:bench/tree", target],
              ])),
          ]
          : []),
      ],
      bars: ["s5cmd", "rclone", "rclone --use-server-modtime"].map((baseline) => ({
        ours: "lade",
        baseline,
        atLeast: 1,
      })),
      bounds: [{ ours: "lade", peakBytesAtMost: MOST }],
      [Symbol.asyncDispose]: () => stopAll([container, directory]),
    };
  },
};

async function fill(root: string): Promise<void> {
  for (let d = 0; d < DIRECTORIES; d++) {
    const directory = `${root}/${String(d).padStart(3, "0")}`;
    await Deno.mkdir(directory, { recursive: true });
    for (let i = 0; i < COUNT / DIRECTORIES; i++) {
      Deno.writeTextFileSync(`${directory}/object-${String(i).padStart(4, "0")}`, `${d} ${i}\n`);
    }
  }
}
