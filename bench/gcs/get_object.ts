import type { Bench, Contender } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { memoryDirectory, putLarge, raceGets, stopAll } from "../race_files.ts";
import { startBenchServer } from "../s3/bench_server.ts";
import { runSelfTimed } from "../timed_command.ts";
import { type StartedFake, startFake, startGcsBucket } from "./gcs_bucket.ts";
import { gcsChild, programsAt } from "./gcs_programs.ts";

const SIZE = 2 ** 30;

function contendersAt({ env, root }: Pick<StartedFake, "env" | "root">): Contender[] {
  const commands: [string, readonly string[]][] = [
    ["lade, checked", ladeChildAt(root, "read-into")],
    ["lade, unchecked", ladeChildAt(root, "read-into-unchecked")],
    ["raw ranges, 4 at once", gcsChild("raw-ranges", "4")],
    ["raw ranges, 8 at once", gcsChild("raw-ranges", "8")],
    ["SDK download, checked", gcsChild("sdk-download")],
  ];
  return commands.map(([name, command]) => ({
    name,
    run: () => runSelfTimed({ command, env, amount: SIZE }),
  }));
}

const BARS = ["raw ranges, 4 at once", "raw ranges, 8 at once"].flatMap((baseline) => [
  { ours: "lade, unchecked", baseline, atLeast: 0.95 },
  { ours: "lade, checked", baseline, atLeast: 0.9 },
]).concat([{ ours: "lade, checked", baseline: "SDK download, checked", atLeast: 5 }]);

/** Into one reused buffer, held against the same ranges by the transport alone. */
export const getMemory: Bench = {
  name: "gs-get-memory",
  title: "GET 1 GiB into memory, fake-gcs-server on files",
  async prepare() {
    const bucket = await startGcsBucket();
    await putLarge(bucket);
    return {
      unit: "bytes",
      contenders: contendersAt(bucket),
      bars: BARS,
      [Symbol.asyncDispose]: () => bucket[Symbol.asyncDispose](),
    };
  },
};

/** The same from the fake. */
export const getFake: Bench = {
  name: "gs-get-fake",
  title: "GET 1 GiB into memory, from the fake",
  async prepare() {
    const fake = await startFake();
    return {
      unit: "bytes",
      contenders: contendersAt(fake),
      bars: BARS,
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    };
  },
};

/** To memory as a file system, by whole commands. */
export const getFile: Bench = {
  name: "gs-get-file",
  title: "GET 1 GiB to a file in memory, fake-gcs-server on files",
  async prepare() {
    const container = await startGcsBucket();
    const directory = await memoryDirectory();
    const bars = [{ ours: "lade", baseline: "rclone", atLeast: 1 }];
    const programs = programsAt(container);
    return await raceGets({ container, programs, bars, stop: [container, directory] }, directory.path);
  },
};

/** What the client itself costs, held against s3:// in the same run. */
export const clientCpu: Bench = {
  name: "gs-client-cpu",
  title: "CPU of the client for 1 GiB, gs:// against s3://",
  async prepare() {
    const [fake, s3] = [await startFake(), await startBenchServer()];
    await putLarge(s3);
    const contenders = Object.entries({ gs: fake, s3 }).flatMap(([scheme, { root, env }]) => {
      const run = (...work: string[]) => () =>
        runSelfTimed({ command: ladeChildAt(root, ...work), env, amount: SIZE });
      return [
        { name: `${scheme}:// read`, run: run("read-into") },
        { name: `${scheme}:// write`, run: run("put", String(SIZE)) },
      ];
    });
    const bars = ["read", "write"].map((work) => ({
      ours: `gs:// ${work}`,
      baseline: `s3:// ${work}`,
      cpuAtMost: 1.2,
    }));
    return { unit: "bytes", contenders, bars, [Symbol.asyncDispose]: () => stopAll([fake, s3]) };
  },
};
