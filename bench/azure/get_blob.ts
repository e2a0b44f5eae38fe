import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { pythonChild } from "../python_children.ts";
import { memoryDirectory, putLarge, raceGets } from "../race_files.ts";
import { runSelfTimed } from "../timed_command.ts";
import { startAzureContainer } from "./azure_container.ts";
import { azureChild, programsAt } from "./azure_programs.ts";

const SIZE = 2 ** 30;

/** Into one reused buffer, held against the same ranges by the transport alone. */
export const getMemory: Bench = {
  name: "az-get-memory",
  title: "GET 1 GiB into memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    await putLarge(container);
    const { env, root, s3dlioRoot } = container;
    const commands: [string, readonly string[] | undefined][] = [
      ["lade, checked", ladeChildAt(root, "read-into")],
      ["lade, unchecked", ladeChildAt(root, "read-into-unchecked")],
      ["raw ranges, 4 at once", azureChild("raw-ranges", "4")],
      ["raw ranges, 8 at once", azureChild("raw-ranges", "8")],
      ["s3dlio", pythonChild(s3dlioRoot, "s3dlio get")],
    ];
    return {
      unit: "bytes",
      contenders: commands.flatMap(([name, command]) =>
        command ? { name, run: () => runSelfTimed({ command, env, amount: SIZE }) } : []
      ),
      bars: ["raw ranges, 4 at once", "raw ranges, 8 at once"].flatMap((baseline) => [
        { ours: "lade, unchecked", baseline, atLeast: 0.95 },
        { ours: "lade, checked", baseline, atLeast: 0.9 },
      ]).concat([{ ours: "lade, checked", baseline: "s3dlio", atLeast: 1 }]),
      [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
    };
  },
};

/** To memory as a file system, by whole commands. */
export const getFile: Bench = {
  name: "az-get-file",
  title: "GET 1 GiB to a file in memory, Azurite on files",
  async prepare() {
    const container = await startAzureContainer();
    const directory = await memoryDirectory();
    const bars = ["rclone", "s3dlio"].map((baseline) => ({ ours: "lade", baseline, atLeast: 1 }));
    const programs = programsAt(container);
    return await raceGets({ container, programs, bars, stop: [container, directory] }, directory.path);
  },
};
