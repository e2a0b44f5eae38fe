import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, racePuts, stopAll } from "../race_files.ts";
import { runSelfTimed } from "../timed_command.ts";
import { makeFile } from "../workspace.ts";
import { startAzureContainer } from "./azure_container.ts";
import { azureChild, programsAt } from "./azure_programs.ts";
import { startFake } from "./start_fake.ts";

const GIB = 2 ** 30;
const AMOUNT = GIB / 4;

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

/** To the fake in a process of its own, which keeps nothing, held against the service's own client. */
export const putFake: Bench = {
  name: "az-put-fake",
  title: "PUT 1 GiB from a file in memory, to the fake",
  async prepare() {
    const fake = await startFake();
    const directory = await memoryDirectory();
    const path = `${directory.path}/large`;
    await makeFile(path, GIB);
    const { root, env } = fake;
    const contender = (name: string, command: readonly string[]) => ({
      name,
      run: () => runSelfTimed({ command, env, amount: GIB }),
    });
    return {
      unit: "bytes",
      contenders: [
        contender("lade", ladeChildAt(root, "put-file", path)),
        contender("SDK uploadFile", azureChild("sdk-upload-file", path)),
      ],
      bars: [{ ours: "lade", baseline: "SDK uploadFile", atLeast: 2 }],
      [Symbol.asyncDispose]: () => stopAll([fake, directory]),
    };
  },
};
