import type { Bar, Bench, Run } from "../bench.ts";
import { findFormatsPython } from "../../tools/servers/formats_python.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";
import { evictBelow } from "./evict_below.ts";
import { type CheckpointCommand, contendersOf, ladeCheckpoint } from "./commands.ts";
import { MODEL_BYTES, PYTHON_MODEL } from "./model.ts";
import { pythonCheckpoint } from "./python_checkpoints.ts";

/** What all loads read: a series below `series`, and one file. */
const FILE = "model.safetensors";

const lade = (scheme: string, name: string, work: string): CheckpointCommand => ({
  name: `lade ${name}`,
  command: (place) => ladeCheckpoint(`${scheme}://${place}/series`, work),
});
const IN_PLACE = "lade load";
const LOAD_FILE: CheckpointCommand = {
  name: "safetensors load_file, touched",
  command: (place) => pythonCheckpoint("load_file", `${place}/${FILE}`),
};
const dd = (...flags: string[]): CheckpointCommand => ({
  name: ["dd", ...flags].join(" "),
  command: (place) => ["dd", `if=${place}/${FILE}`, "of=/dev/null", "bs=4M", "status=none", ...flags],
  once: true,
});

interface Loads {
  readonly name: string;
  readonly title: string;
  readonly commands: readonly CheckpointCommand[];
  readonly bars: readonly Bar[];
  /** Whether nothing of it is in memory before. */
  readonly cold?: boolean;
}

function loads({ name, title, commands, bars, cold = false }: Loads): Bench {
  return {
    name,
    title: `${title} of ${MODEL_BYTES / 2 ** 30} GiB`,
    async prepare() {
      const { path, [Symbol.asyncDispose]: dispose } = await makeWorkspace();
      await run(Deno.execPath(), ladeCheckpoint(`file://${path}/series`, "make").slice(1));
      const python = findFormatsPython();
      const file = `${path}/${FILE}`;
      if (python) {
        const save = "import safetensors.numpy\nsafetensors.numpy.save_file(model, sys.argv[1])";
        await run(python, ["-c", `import sys${PYTHON_MODEL}${save}`, file]);
      } else await run("dd", ["if=/dev/zero", `of=${file}`, "bs=4M", `count=${MODEL_BYTES / 2 ** 22}`]);
      await run("sync", []);
      const around = (load: (place: string) => Promise<Run>) => load(path);
      const before = () => cold ? evictBelow(path) : Promise.resolve();
      return {
        unit: "bytes",
        contenders: contendersOf(commands, { around, before }),
        bars,
        [Symbol.asyncDispose]: dispose,
      };
    },
  };
}

/** A load of what is in the system's cache. */
export const checkpointLoad: Bench = loads({
  name: "checkpoint-load",
  title: "a load, cached, every checksum compared,",
  commands: [
    lade("file", "load", "load"),
    lade("file", "load, unchecked", "load-unchecked"),
    lade("file", "loadAll", "load-all"),
    LOAD_FILE,
    dd(),
  ],
  bars: [
    { ours: IN_PLACE, baseline: LOAD_FILE.name, atLeast: 1 },
    { ours: "lade loadAll", baseline: LOAD_FILE.name, atLeast: 1 },
    { ours: IN_PLACE, baseline: "dd", atLeast: 0.9 },
    { ours: IN_PLACE, baseline: "lade load, unchecked", atLeast: 0.92 },
  ],
});

/** A load from the disk, through the cache. */
export const checkpointLoadCold: Bench = loads({
  name: "checkpoint-load-cold",
  title: "a load, not cached, every checksum compared,",
  commands: [
    lade("file", "load", "load-cold"),
    { ...LOAD_FILE, command: (place) => pythonCheckpoint("load_file, cold", `${place}/${FILE}`) },
    dd(),
  ],
  bars: [
    { ours: IN_PLACE, baseline: LOAD_FILE.name, atLeast: 1 },
    { ours: IN_PLACE, baseline: "dd", atLeast: 0.9 },
  ],
  cold: true,
});

/** A load past the cache. */
export const checkpointLoadDirect: Bench = loads({
  name: "checkpoint-load-direct",
  title: "a load past the page cache, every checksum compared,",
  commands: [
    lade("direct", "load", "load"),
    lade("direct", "load, unchecked", "load-unchecked"),
    dd("iflag=direct"),
  ],
  bars: [
    { ours: IN_PLACE, baseline: "dd iflag=direct", atLeast: 0.9 },
    { ours: IN_PLACE, baseline: "lade load, unchecked", atLeast: 0.92 },
  ],
  cold: true,
});
