import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, raceLargePuts, racePuts } from "../race_files.ts";
import { startFake, startGcsBucket } from "./gcs_bucket.ts";
import { gcsChild, programsAt } from "./gcs_programs.ts";

/** With each chunk of a session fake-gcs-server copies all that it has. */
const SMALLER = 2 ** 26;

/** To the fake, which checks and drops what it gets, by parts. */
export const putFake: Bench = {
  name: "gs-put-fake",
  title: "PUT 1 GiB from a file in memory, to the fake",
  async prepare() {
    const fake = await startFake();
    return await raceLargePuts(
      fake,
      (path) => ({
        "lade": ladeChildAt(fake.root, "put-file", path),
        "SDK save": gcsChild("sdk-save", path),
        "SDK uploadFileInChunks": gcsChild("sdk-in-chunks", path),
      }),
      ["SDK save", "SDK uploadFileInChunks"].map((baseline) => ({ ours: "lade", baseline, atLeast: 3 })),
    );
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
