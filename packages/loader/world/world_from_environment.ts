import { readVariable } from "@lade/core/backend";
import { type Environment, parseRank } from "@lade/core/shard";
import type { World } from "../order/shares.ts";

/** A world, and the variables that told it. */
export interface FoundWorld extends World {
  /** The variables with their values. */
  readonly source: string;
}

/** Options of {@linkcode worldFromEnvironment}. */
export interface WorldFromEnvironmentOptions {
  /**
   * Whose variables are taken: `"torchrun"`, `"slurm"`, `"mpi"`, `"kubernetes"`, `"aws-batch"`, `"google-batch"` or `"cloud-run"`;
   * `"auto"`, those that are there, by default.
   */
  readonly launcher?: string;
}

/**
 * Which of several processes this is, by the variables that torchrun, Slurm, MPI, an Indexed Job of Kubernetes (with
 * `LADE_SHARDS`), and the batch services of Amazon and Google set; all that are there have to agree, unless `launcher` names one.
 * A process of torchrun is what torchrun says, whoever started that on each node; the tasks of a job array of Slurm are trainings of
 * their own. Where nothing is said, or it makes no sense, it is a `TypeError` that names the variables: a rank that took itself for
 * the only one would train on everything.
 */
export function worldFromEnvironment(
  env: Environment = readVariable,
  { launcher = "auto" }: WorldFromEnvironmentOptions = {},
): FoundWorld {
  const { number, count, source = "" } = parseRank(launcher, env);
  return { rank: number - 1, size: count, source };
}
