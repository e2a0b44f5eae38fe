/**
 * Trains with 4 processes, of which one is killed in the middle: as launchers do, this one ends the others and starts all again,
 * here 3 of them, which go on from the last checkpoint and come to the same.
 * `deno run --allow-read --allow-write --allow-env --allow-run examples/checkpoints/main.ts --help` tells how to run it.
 */
import { fileURLToPath } from "node:url";
import { checkpoints } from "@lade/lade";
import { readScriptOptions } from "../../tools/scripts/script_options.ts";

const HELP = `examples/checkpoints/main.ts: trains with several processes, and goes on after one is killed

  --at URI         where checkpoints are; a new temporary directory by default
  --ranks N,N...   how many processes, at each start; 4,3 by default
  --steps N        60 by default
  --save-every N   10 by default
  --kill-at N      the step at which a process is killed, in the first start; 25 by default, 0 for none
  --help           this`;

const { values } = readScriptOptions(HELP, {
  options: {
    at: { type: "string" },
    ranks: { type: "string", default: "4,3" },
    steps: { type: "string", default: "60" },
    "save-every": { type: "string", default: "10" },
    "kill-at": { type: "string", default: "25" },
  },
});

const uri = values.at ?? `file://${await Deno.makeTempDir()}/checkpoints`;
const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
const id = crypto.randomUUID();

/** Starts all ranks, and says whether all ended well: the first one that does not ends the others. */
async function start(restart: number, size: number): Promise<boolean> {
  const processes = Array.from({ length: size }, (_, rank) => {
    const dieAt = restart === 0 && rank === 1 ? values["kill-at"] : "0";
    const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"];
    return new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        ...permissions,
        worker,
        uri,
        values.steps,
        values["save-every"],
        dieAt,
      ],
      env: { RANK: `${rank}`, WORLD_SIZE: `${size}`, LADE_RUN: `${id}-${restart}` },
    }).spawn();
  });
  const ends = processes.map(async (process, rank) => {
    const { success, signal } = await process.status;
    if (success) return true;
    if (signal === "SIGKILL" && rank === 1) console.log(`rank ${rank} of ${size} was killed`);
    for (const other of processes) if (other !== process) end(other);
    return false;
  });
  return (await Promise.all(ends)).every((isFine) => isFine);
}

function end(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    // One that has ended already.
    if (!(error instanceof TypeError)) throw error;
  }
}

for (const [restart, size] of values.ranks.split(",").entries()) {
  if (await start(restart, Number(size))) break;
}

await using series = await checkpoints(uri, { readOnly: true });
await using checkpoint = await series.open("latest");
const weight = (await checkpoint.loadAll()).get("weight")?.data as Float32Array;
const sum = weight.reduce((sum, value) => sum + value, 0);
console.log(`step ${checkpoint.info.step}, saved by ${checkpoint.info.worldSize} ranks: ${sum}`);
console.log(`lade checkpoint ls ${uri}`);
