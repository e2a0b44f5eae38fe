import type { Bench } from "../bench.ts";
import { makeFile } from "../workspace.ts";
import { MEMORY_DIRECTORY, startBenchServer } from "./bench_server.ts";
import { lade, peerPrograms } from "./programs.ts";
import { runTimed } from "./timed_command.ts";

const SIZE = 2 ** 30;

/** From memory as a file system. */
export const putFile: Bench = {
  name: "s3-put-file",
  title: "PUT 1 GiB from a file in memory",
  async prepare() {
    const server = await startBenchServer();
    const directory = await Deno.makeTempDir({ dir: MEMORY_DIRECTORY });
    const path = `${directory}/large`;
    await makeFile(path, SIZE);
    return {
      unit: "bytes",
      contenders: [lade, ...peerPrograms()].flatMap(({ name, put }) =>
        put
          ? {
            name,
            async run() {
              // rclone passes over what is there already.
              await server.lade.remove("s3://bench/put/large");
              const run = await runTimed({
                command: await put(path, "put/large"),
                env: server.env,
                amount: SIZE,
              });
              const { size } = await server.lade.stat("s3://bench/put/large");
              if (size !== SIZE) throw new Error(`Cannot race ${name}: it wrote ${size} bytes`);
              return run;
            },
          }
          : []
      ),
      bars: ["s5cmd", "s3dlio", "aws-cli", "rclone"].map((baseline) => ({
        ours: "lade",
        baseline,
        atLeast: 2,
      })),
      bounds: [{ ours: "lade", cpuSecondsAtMost: 0.8 }],
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await Deno.remove(directory, { recursive: true });
      },
    };
  },
};
