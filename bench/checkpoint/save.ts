import type { Bar, Bench, Run } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";
import { type CheckpointCommand, contendersOf, ladeCheckpoint } from "./commands.ts";
import { MODEL_BYTES } from "./model.ts";
import { pythonCheckpoint } from "./python_checkpoints.ts";

const dd = (...flags: string[]): CheckpointCommand => ({
  name: `dd ${flags.join(" ")}`,
  command: (place) => [
    ...["dd", "if=/dev/zero", `of=${place}/data`, "bs=4M", `count=${MODEL_BYTES / 2 ** 22}`, "status=none"],
    ...flags,
  ],
  once: true,
});
const CACHED = dd("conv=fsync");
const DIRECT = dd("oflag=direct", "conv=fsync");

const lade = (scheme: string, sync: string): CheckpointCommand => ({
  name: sync === "full" ? `lade ${scheme}://` : `lade ${scheme}://, not synced`,
  command: (place) => ladeCheckpoint(`${scheme}://${place}/series`, "save", sync),
});
const SAVE_FILE: CheckpointCommand = {
  name: "safetensors save_file, fsync",
  command: (place) => pythonCheckpoint("save_file", place),
};
const SAVEZ: CheckpointCommand = {
  name: "np.savez, fsync",
  command: (place) => pythonCheckpoint("savez", place),
};
const s3dlio = (name: "s3dlio save" | "s3dlio save, fsync"): CheckpointCommand => ({
  name,
  command: (place) => pythonCheckpoint(name, `file://${place}`),
});

function saves(
  name: string,
  title: string,
  commands: readonly CheckpointCommand[],
  bars: readonly Bar[],
): Bench {
  return {
    name,
    title: `${title} of ${MODEL_BYTES / 2 ** 30} GiB: 15 matrices of 64 MiB and 64 vectors of 1 MiB of each`,
    async prepare() {
      const workspace = await makeWorkspace();
      let made = 0;
      // What one leaves behind in the cache and on the disk is not the next one's.
      const around = async (save: (place: string) => Promise<Run>) => {
        const place = `${workspace.path}/${made++}`;
        await Deno.mkdir(place);
        try {
          return await save(place);
        } finally {
          await clear(place);
        }
      };
      return {
        unit: "bytes",
        contenders: contendersOf(commands, { around, before: (place) => clear(`${place}/data`) }),
        bars,
        [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
      };
    },
  };
}

/** The memory of the cache that it took is used again by what is written next, so that all have memory that was used. */
async function clear(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
  await run("sync", []);
}

const FILE = "lade file://";

/** A save that is on the disk when it ends. */
export const checkpointSave: Bench = saves(
  "checkpoint-save",
  "a save, synced",
  [lade("file", "full"), CACHED, SAVE_FILE, SAVEZ, s3dlio("s3dlio save, fsync")],
  [
    { ours: FILE, baseline: CACHED.name, atLeast: 0.9 },
    { ours: FILE, baseline: SAVE_FILE.name, atLeast: 1, cpuAtMost: 0.7 },
    { ours: FILE, baseline: SAVEZ.name, atLeast: 1 },
    { ours: FILE, baseline: "s3dlio save, fsync", atLeast: 2 },
  ],
);

/** A save that nobody waits for to be on the disk. */
export const checkpointSaveUnsynced: Bench = saves(
  "checkpoint-save-unsynced",
  "a save that is not synced",
  [lade("file", "none"), s3dlio("s3dlio save")],
  [{ ours: "lade file://, not synced", baseline: "s3dlio save", atLeast: 2 }],
);

/** A save past the page cache. */
export const checkpointSaveDirect: Bench = saves(
  "checkpoint-save-direct",
  "a save past the page cache, synced",
  [lade("direct", "full"), DIRECT, CACHED],
  [
    { ours: "lade direct://", baseline: DIRECT.name, atLeast: 0.9 },
    { ours: "lade direct://", baseline: CACHED.name, atLeast: 0.9 },
  ],
);
