import { assertEquals, assertThrows } from "@std/assert";
import { runFromEnvironment } from "./run_from_environment.ts";

const of = (variables: Readonly<Record<string, string>>) => runFromEnvironment((name) => variables[name]);

Deno.test("runFromEnvironment() is another one after each restart, whoever made it", () => {
  const runs: [Record<string, string>, string][] = [
    [{ LADE_RUN: "mine", SLURM_JOB_ID: "1" }, "mine"],
    [{ SLURM_JOB_ID: "4711" }, "slurm-4711-0"],
    [{ SLURM_JOB_ID: "4711", SLURM_RESTART_CNT: "1" }, "slurm-4711-1"],
    [{ SLURM_JOB_ID: "4711", SLURM_RESTART_CNT: "1", SLURM_STEP_ID: "2" }, "slurm-4711-1.2"],
    [{ TORCHELASTIC_RUN_ID: "x", TORCHELASTIC_RESTART_COUNT: "0" }, "torchrun-x-0"],
    [{ TORCHELASTIC_RUN_ID: "x", TORCHELASTIC_RESTART_COUNT: "3" }, "torchrun-x-3"],
    // A job that is requeued starts torchrun anew, with the same id and no restart.
    [
      {
        SLURM_JOB_ID: "7",
        SLURM_RESTART_CNT: "1",
        TORCHELASTIC_RUN_ID: "7",
        TORCHELASTIC_RESTART_COUNT: "0",
      },
      "slurm-7-1+torchrun-7-0",
    ],
    [{ SLURM_JOB_ID: "7", TORCHELASTIC_RUN_ID: "none" }, "slurm-7-0+torchrun-none-0"],
    [{ TORCHELASTIC_RUN_ID: "x", GROUP_WORLD_SIZE: "2", TORCHELASTIC_MAX_RESTARTS: "0" }, "torchrun-x-0"],
  ];
  for (const [variables, run] of runs) assertEquals(of(variables).run, run);
  assertEquals(new Set(runs.map(([, run]) => run)).size, runs.length - 1);
  assertEquals(
    of({ SLURM_JOB_ID: "1", SLURM_STEP_ID: "0" }).source,
    "SLURM_JOB_ID=1 SLURM_STEP_ID=0",
  );
});

Deno.test("runFromEnvironment() never takes one start for another, nor tells ranks different ones", () => {
  assertThrows(() => of({}), TypeError, "set LADE_RUN");
  assertThrows(() => of({ LADE_RUN: "" }), TypeError, "set LADE_RUN");
  assertThrows(() => of({ JOB_COMPLETION_INDEX: "1" }), TypeError, "Kubernetes");
  assertThrows(() => of({ TORCHELASTIC_RUN_ID: "none" }), TypeError, "--rdzv-id");
  const nodes = { TORCHELASTIC_RUN_ID: "x", GROUP_WORLD_SIZE: "2", TORCHELASTIC_MAX_RESTARTS: "3" };
  assertThrows(() => of(nodes), TypeError, "--max-restarts 0");
});
