import type { Bar, Bench } from "../bench.ts";
import { stopAll } from "../race_files.ts";
import { startBenchServer } from "../s3/bench_server.ts";
import { withServerCpu } from "../server_cpu.ts";
import { run } from "../peers.ts";
import { type CheckpointCommand, contendersOf, ladeCheckpoint } from "./commands.ts";
import { MODEL_BYTES } from "./model.ts";
import { pythonCheckpoint } from "./python_checkpoints.ts";

const lade = (name: string, work: string): CheckpointCommand => ({
  name,
  command: (place) => ladeCheckpoint(`${place}/series`, work),
});
const LADE = "lade";

function onServer(
  { name, title, commands, bars, loads }: {
    readonly name: string;
    readonly title: string;
    readonly commands: readonly CheckpointCommand[];
    readonly bars: readonly Bar[];
    readonly loads: boolean;
  },
): Bench {
  return {
    name,
    title: `${title} of ${MODEL_BYTES / 2 ** 30} GiB, versitygw`,
    async prepare() {
      const server = await startBenchServer();
      const { env, lade, root } = server;
      const make = async (command: readonly string[] | undefined) => {
        const [program = "", ...args] = command ?? [];
        if (command) await run(program, args, env);
      };
      if (loads) {
        await make(ladeCheckpoint(`${root}/series`, "make"));
        await make(pythonCheckpoint("s3dlio make", root));
      }
      const contenders = contendersOf(commands, {
        env,
        around: async (measure) => {
          const place = loads ? root : `${root}/saved`;
          const measured = await withServerCpu(server, () => measure(place));
          if (!loads) await lade.remove(`${place}/`, { recursive: true });
          return measured;
        },
      });
      return { unit: "bytes", contenders, bars, [Symbol.asyncDispose]: () => stopAll([server]) };
    },
  };
}

/** A save to an object store. */
export const checkpointSaveS3: Bench = onServer({
  name: "checkpoint-save-s3",
  title: "a save",
  commands: [lade(LADE, "save"), {
    name: "s3dlio save",
    command: (place) => pythonCheckpoint("s3dlio save", place),
  }],
  bars: [{ ours: LADE, baseline: "s3dlio save", atLeast: 1.2 }],
  loads: false,
});

/** A load from an object store. */
export const checkpointLoadS3: Bench = onServer({
  name: "checkpoint-load-s3",
  title: "a load, every checksum compared,",
  commands: [lade(LADE, "load"), lade("lade, unchecked", "load-unchecked"), {
    name: "s3dlio load",
    command: (place) => pythonCheckpoint("s3dlio load", place),
  }],
  bars: [
    { ours: LADE, baseline: "s3dlio load", atLeast: 1 },
    { ours: LADE, baseline: "lade, unchecked", atLeast: 0.92 },
  ],
  loads: true,
});
