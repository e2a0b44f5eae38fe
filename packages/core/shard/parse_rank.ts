import { parseShard } from "./parse_shard.ts";
import type { Shard } from "./shard.ts";
import { ENGINES, type Environment } from "./shard_engines.ts";

/**
 * Reads which rank of a training a process is, counted from 1: by `auto`, or by the name of an engine as
 * {@linkcode parseShard} does. Two things are other than of shares: torchrun, which Slurm, MPI and Kubernetes start on each
 * node, is asked alone where it started the process; and the tasks of a job array of Slurm are trainings of their own, of
 * which none waits for another.
 */
export function parseRank(launcher: string, env: Environment): Shard {
  if (launcher !== "auto" && !ENGINES.some(({ name }) => name === launcher)) {
    const names = ENGINES.map(({ name }) => name).join(", ");
    throw new TypeError(`${JSON.stringify(launcher)} is no launcher: it is auto, or one of ${names}`);
  }
  const isOfTorchrun = launcher === "auto" && Boolean(env("TORCHELASTIC_RUN_ID"));
  return parseShard(
    isOfTorchrun ? "torchrun" : launcher,
    (name) => name.startsWith("SLURM_ARRAY_") ? undefined : env(name),
  );
}
