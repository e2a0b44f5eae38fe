import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, racePuts, stopAll } from "../race_files.ts";
import { runSelfTimed } from "../timed_command.ts";
import { makeFile } from "../workspace.ts";
import { startFake, startGcsBucket } from "./gcs_bucket.ts";
import { gcsChild, programsAt } from "./gcs_programs.ts";

const GIB = 2 ** 30;
/** With each chunk of a session fake-gcs-server copies all that it has. */
const SMALLER = 2 ** 26;

/** To the fake, which checks and drops what it gets, by parts. */
export const putFake: Bench = {
  name: "gs-put-fake",
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
        contender("SDK save", gcsChild("sdk-save", path)),
        contender("SDK uploadFileInChunks", gcsChild("sdk-in-chunks", path)),
      ],
      bars: ["SDK save", "SDK uploadFileInChunks"].map((baseline) => ({
        ours: "lade",
        baseline,
        atLeast: 3,
      })),
      [Symbol.asyncDispose]: () => stopAll([fake, directory]),
    };
  },
};

/** By a resumable session, since fake-gcs-server takes no parts. */
export const putFile: Bench = {
  name: "gs-put-file",
  title: "PUT 64 MiB from a file in memory, fake-gcs-server on files",
  async prepare() {
    const container = await startGcsBucket();
    const directory = await memoryDirectory();
    // Larger chunks spare the server copies: CPU time decides.
    const bars = [{ ours: "lade", baseline: "rclone", atLeast: 1, cpuAtMost: 1 }];
    const programs = programsAt(container);
    return await racePuts(
      { container, programs, bars, stop: [container, directory] },
      directory.path,
      SMALLER,
    );
  },
};
