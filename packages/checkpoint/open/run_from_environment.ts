import { readVariable } from "@lade/core/backend";
import type { Environment } from "@lade/core/shard";

/** What a run is called, and the variables that told it. */
export interface FoundRun {
  /** The same on all ranks of one start, and another one after each restart. */
  readonly run: string;
  /** The variables with their values. */
  readonly source: string;
}

/**
 * What this run of the training is called, by the variables of its launcher: `LADE_RUN`, where that is set, else all of those of
 * torchrun (`TORCHELASTIC_RUN_ID`, and how often it restarted its workers) and Slurm (`SLURM_JOB_ID`, how often the job was
 * requeued, and its step). Where they do not tell one start from another, or ranks could be told different ones, it is a
 * `TypeError` that says what to set: a run that is called as an earlier one is taken for it.
 */
export function runFromEnvironment(env: Environment = readVariable): FoundRun {
  const own = env("LADE_RUN");
  if (own) return { run: own, source: `LADE_RUN=${own}` };
  const found = [slurmRun(env), torchRun(env)].filter((one) => one !== undefined);
  if (found.length > 0) {
    return {
      run: found.map(({ run }) => run).join("+"),
      source: found.map(({ source }) => source).join(" "),
    };
  }
  throw cannot(
    env("JOB_COMPLETION_INDEX") !== undefined
      ? "a Job of Kubernetes does not tell its pods how often it was started"
      : "neither torchrun nor Slurm tells it",
  );
}

/** Of a job, which keeps its number when it is requeued; each srun within it is a start of its own. */
function slurmRun(env: Environment): FoundRun | undefined {
  const job = env("SLURM_JOB_ID");
  if (!job) return undefined;
  const restarts = env("SLURM_RESTART_CNT");
  const step = env("SLURM_STEP_ID");
  return {
    run: `slurm-${job}-${restarts || "0"}${step ? `.${step}` : ""}`,
    source: shown({ SLURM_JOB_ID: job, SLURM_RESTART_CNT: restarts, SLURM_STEP_ID: step }),
  };
}

/** Of torchrun, whose agents each count the restarts of their own workers. */
function torchRun(env: Environment): FoundRun | undefined {
  const id = env("TORCHELASTIC_RUN_ID");
  if (!id) return undefined;
  const isJob = Boolean(env("SLURM_JOB_ID"));
  if (id === "none" && !isJob) {
    throw cannot(
      "torchrun has no id of this start (TORCHELASTIC_RUN_ID=none): give it --rdzv-id or --standalone",
    );
  }
  const nodes = env("GROUP_WORLD_SIZE");
  const most = env("TORCHELASTIC_MAX_RESTARTS");
  if (nodes !== undefined && Number(nodes) > 1 && most !== undefined && Number(most) > 0) {
    throw cannot(
      `each of the ${nodes} agents of torchrun counts restarts for itself (GROUP_WORLD_SIZE=${nodes}, \
TORCHELASTIC_MAX_RESTARTS=${most}), so that ranks would differ: give it --max-restarts 0, and have the job restarted as a whole`,
    );
  }
  const restarts = env("TORCHELASTIC_RESTART_COUNT");
  return {
    run: `torchrun-${id}-${restarts || "0"}`,
    source: shown({ TORCHELASTIC_RUN_ID: id, TORCHELASTIC_RESTART_COUNT: restarts }),
  };
}

function shown(variables: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(variables).flatMap(([name, value]) => value ? [`${name}=${value}`] : []).join(" ");
}

function cannot(detail: string): TypeError {
  return new TypeError(
    `Cannot tell what this run is called: ${detail}; or set LADE_RUN to what all ranks call this start, and no earlier one`,
  );
}
