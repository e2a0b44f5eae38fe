import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, racePuts } from "../race_files.ts";
import { runSelfTimed } from "../timed_command.ts";
import { startAzureContainer } from "./azure_container.ts";
import { azureChild, programsAt } from "./azure_programs.ts";

const MIB = 2 ** 20;
const AMOUNT = 256 * MIB;

/** From memory, held against the same blocks by the transport alone. */
export const putMemory: Bench = {
  name: "az-put-memory",
  title: "PUT 256 MiB from memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    const { env, root } = container;
    const contender = (name: string, command: readonly string[]) => ({
      name,
      run: () => runSelfTimed({ command, env, amount: AMOUNT }),
    });
    return {
      unit: "bytes",
      contenders: [
        contender("lade", ladeChildAt(root, "put", String(AMOUNT))),
        contender("raw blocks, 4 at once", azureChild("raw-blocks", String(AMOUNT))),
      ],
      bars: [{ ours: "lade", baseline: "raw blocks, 4 at once", atLeast: 0.95 }],
      [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
    };
  },
};

/** From memory as a file system, by whole commands. */
export const putFile: Bench = {
  name: "az-put-file",
  title: "PUT 256 MiB from a file in memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    const directory = await memoryDirectory();
    const bars = ["rclone", "s3dlio"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));
    const programs = programsAt(container);
    return await racePuts(
      { container, programs, bars, stop: [container, directory] },
      directory.path,
      AMOUNT,
    );
  },
};
