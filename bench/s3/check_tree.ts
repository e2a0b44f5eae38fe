import type { Bench } from "../bench.ts";
import { peer } from "../peers.ts";
import { ladeCommand } from "../programs.ts";
import { smallBench, type SmallGround } from "../race_small.ts";
import { runTimed } from "../timed_command.ts";
import { startBenchServer } from "./bench_server.ts";
import { S3 } from "./programs.ts";

const COUNT = 100_000;

/** Compares files with the objects that were made of them: read and hashed, or as they are remembered. */
export const checkTree: Bench = smallBench({
  start: () => startBenchServer(),
  count: COUNT,
  name: "s3-check-tree",
  title: "Compare 100,000 x 4 KiB with files",
  bars: [
    { ours: "lade check", baseline: "rclone check", atLeast: 1 },
    { ours: "lade check --no-checksum-cache", baseline: "rclone check", atLeast: 1 },
  ],
  contendersOf: checkers,
});

function checkers({ container: { env }, directory, count }: SmallGround) {
  const files = `${directory}/files`;
  const lade = (...flags: string[]) =>
    ladeCommand("check", "-r", "-q", ...flags, `${files}/`, `${S3}/small/`);
  const rclone = peer("bin", "rclone");
  const commands = {
    "lade check": lade,
    "lade check --no-checksum-cache": () => lade("--no-checksum-cache"),
    ...(rclone &&
      { "rclone check": () => Promise.resolve([rclone, "check", "-q", files, "peer:bench/small"]) }),
  };
  const ownEnv = { ...env, LADE_CACHE_DIR: `${directory}/cache` };
  return Object.entries(commands).map(([name, command]) => ({
    name,
    run: async () => await runTimed({ command: await command(), env: ownEnv, amount: count }),
  }));
}
