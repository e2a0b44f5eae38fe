import { readVariable } from "@lade/core/backend";
import { type Environment, parseShard } from "@lade/core/shard";
import type { World } from "../order/shares.ts";

/** A world, and the variables that told it. */
export interface FoundWorld extends World {
  /** The variables with their values. */
  readonly source: string;
}

/**
 * Which of several processes this is, by the variables that torchrun, Slurm, MPI, an Indexed Job of Kubernetes (with
 * `LADE_SHARDS`), and the batch services of Amazon and Google set; all that are there have to agree. Where none is, or they
 * make no sense, it is a `TypeError` that names them: a rank that took itself for the only one would train on everything.
 */
export function worldFromEnvironment(env: Environment = readVariable): FoundWorld {
  const { number, count, source = "" } = parseShard("auto", env);
  return { rank: number - 1, size: count, source };
}
