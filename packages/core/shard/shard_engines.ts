import { MOST_SHARDS, type Shard } from "./shard.ts";

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** Two variables that tell a process which of how many it is. */
export interface VariablePair {
  /** Which one, counted from 0. */
  readonly index: string;
  /** How many there are. */
  readonly count: string;
}

/** What starts many processes and tells each of them which it is. */
export interface Engine {
  /** The word for it. */
  readonly name: string;
  /** The variables that it sets; all pairs that are there have to agree. */
  readonly pairs: readonly VariablePair[];
  /** What to do where it sets only the first of a pair. */
  readonly advice?: string;
  /** Reads what is more than a pair. */
  readonly read?: (env: Environment) => EngineReading;
}

/** What the variables of an engine come to. */
export interface EngineReading {
  /** The process's share. */
  readonly shard?: Shard;
  /** Why there is none. */
  readonly missing: string;
  /** Whether that is worth telling where no other engine says more. */
  readonly isHint?: boolean;
}

/** The engines, by the words that name them. */
export const ENGINES: readonly Engine[] = [
  {
    name: "kubernetes",
    pairs: [{ index: "JOB_COMPLETION_INDEX", count: "LADE_SHARDS" }],
    advice: "Kubernetes tells no number of completions: give it to the container as LADE_SHARDS",
  },
  { name: "slurm", pairs: [{ index: "SLURM_PROCID", count: "SLURM_NTASKS" }], read: readSlurm },
  { name: "torchrun", pairs: [{ index: "RANK", count: "WORLD_SIZE" }] },
  {
    name: "mpi",
    pairs: [
      { index: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE" },
      { index: "PMI_RANK", count: "PMI_SIZE" },
    ],
  },
  { name: "aws-batch", pairs: [{ index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE" }] },
  { name: "google-batch", pairs: [{ index: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT" }] },
  { name: "cloud-run", pairs: [{ index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT" }] },
];

/** Reads the variables of an engine. Half of them, and what is no index below the count, is a `TypeError`. */
export function readEngine(engine: Engine, env: Environment): EngineReading {
  if (engine.read) return engine.read(env);
  const read = engine.pairs.map((pair) => readPair(env, pair, engine.advice)).filter((shard) =>
    shard !== undefined
  );
  const [first] = read;
  if (!first) {
    return { missing: `${engine.pairs.map(({ index }) => index).join(", ")} not set, or not to be read` };
  }
  const other = read.find(({ number, count }) => number !== first.number || count !== first.count);
  if (other) throw new TypeError(`${first.source} and ${other.source} disagree: say the shard as I/N`);
  return { shard: first, missing: "" };
}

/**
 * Slurm tells a process by its task in the step that `srun` started, by its task in a job array, or both. A batch script
 * has `SLURM_PROCID=0` too, beside the number of tasks that were asked for, but is no step and only one process.
 */
function readSlurm(env: Environment): EngineReading {
  const array = readArray(env);
  const isStep = env("SLURM_STEP_ID") !== undefined;
  const count = env("SLURM_STEP_NUM_TASKS") === undefined ? "SLURM_NTASKS" : "SLURM_STEP_NUM_TASKS";
  const step = isStep ? readPair(env, { index: "SLURM_PROCID", count }) : undefined;
  if (array && step) {
    const source = `${array.source}, ${step.source}`;
    const number = (array.number - 1) * step.count + step.number;
    return { shard: bounded({ number, count: array.count * step.count, source }), missing: "" };
  }
  const shard = array ?? step;
  if (shard) return { shard, missing: "" };
  const isBatch = env("SLURM_PROCID") !== undefined || env("SLURM_JOB_ID") !== undefined;
  return isBatch
    ? {
      missing: "there is no SLURM_STEP_ID: a batch script is one process, start lade by srun",
      isHint: true,
    }
    : { missing: "SLURM_PROCID, SLURM_ARRAY_TASK_ID not set, or not to be read" };
}

/** The task of a job array, whose numbers may start anywhere and go up by any step, but without gaps. */
function readArray(env: Environment): Shard | undefined {
  const [id, least, most, step, count] = ["ID", "MIN", "MAX", "STEP", "COUNT"].map((what) =>
    numberIn(env, `SLURM_ARRAY_TASK_${what}`)
  );
  if (id === undefined) return undefined;
  const given = (what: string) => `SLURM_ARRAY_TASK_${what}=${env(`SLURM_ARRAY_TASK_${what}`) ?? ""}`;
  if (least === undefined || most === undefined || count === undefined) {
    const missing = least === undefined ? "MIN" : most === undefined ? "MAX" : "COUNT";
    throw new TypeError(`${given("ID")} is set, but SLURM_ARRAY_TASK_${missing} is not`);
  }
  const by = Math.max(step ?? 1, 1);
  const index = (id - least) / by;
  if ((most - least) / by + 1 !== count || !Number.isInteger(index) || index < 0 || index >= count) {
    const all = ["ID", "MIN", "MAX", "STEP", "COUNT"].map(given).join(", ");
    throw new TypeError(
      `${all} do not tell which task this is: an array without gaps does, such as --array=0-7`,
    );
  }
  return bounded({ number: index + 1, count, source: ["ID", "MIN", "COUNT"].map(given).join(", ") });
}

function readPair(env: Environment, pair: VariablePair, advice?: string): Shard | undefined {
  const [index, count] = [numberIn(env, pair.index), numberIn(env, pair.count)];
  if (index === undefined && count === undefined) return undefined;
  if (index === undefined || count === undefined) {
    const [there, missing] = index === undefined ? [pair.count, pair.index] : [pair.index, pair.count];
    throw new TypeError(`${there}=${env(there)} is set, but ${missing} is not${advice ? `: ${advice}` : ""}`);
  }
  const source = `${pair.index}=${index}, ${pair.count}=${count}`;
  if (index >= count) {
    throw new TypeError(`${source}: the first counts from 0, and is to be less than the second`);
  }
  return bounded({ number: index + 1, count, source });
}

function bounded(shard: Shard): Shard {
  if (shard.count <= MOST_SHARDS) return shard;
  throw new TypeError(`${shard.source} make ${shard.count} shards: there can be from 1 to ${MOST_SHARDS}`);
}

/** What is empty counts as absent, as in a script that passes on what may not be set. */
function numberIn(env: Environment, name: string): number | undefined {
  const value = env(name);
  if (value === undefined || value === "") return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new TypeError(`${name}=${JSON.stringify(value)} is no whole number`);
}
