import { assertEquals, assertThrows } from "@std/assert";
import { parseRank } from "./parse_rank.ts";

const rankOf = (variables: Readonly<Record<string, string>>, launcher = "auto") => {
  const { number, count } = parseRank(launcher, (name) => variables[name]);
  return `${number}/${count}`;
};
const SLURM = { SLURM_JOB_ID: "7", SLURM_STEP_ID: "0", SLURM_PROCID: "1", SLURM_NTASKS: "2" };

Deno.test("torchrun is asked alone where it started the process, whoever started it on each node", () => {
  const torchrun = { TORCHELASTIC_RUN_ID: "none", RANK: "9", WORLD_SIZE: "16" };
  assertEquals(rankOf({ ...SLURM, ...torchrun }), "10/16");
  assertEquals(rankOf({ OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "2", ...torchrun }), "10/16");
  assertEquals(rankOf({ JOB_COMPLETION_INDEX: "1", ...torchrun }), "10/16");
  assertThrows(() => rankOf({ ...SLURM, TORCHELASTIC_RUN_ID: "x" }), TypeError, "RANK");
  // Two variables alone may be anybody's.
  const alone = { ...SLURM, RANK: "9", WORLD_SIZE: "16" };
  assertThrows(() => rankOf(alone), TypeError, "name one, slurm or torchrun, in place of auto");
  assertEquals([rankOf(alone, "slurm"), rankOf(alone, "torchrun")], ["2/2", "10/16"]);
  assertThrows(
    () => rankOf(alone, "slrum"),
    TypeError,
    '"slrum" is no launcher: it is auto, or one of kubernetes',
  );
});

Deno.test("a task of a job array is a training of its own, and no rank", () => {
  const array = {
    SLURM_ARRAY_TASK_ID: "3",
    SLURM_ARRAY_TASK_MIN: "0",
    SLURM_ARRAY_TASK_MAX: "9",
    SLURM_ARRAY_TASK_COUNT: "10",
  };
  assertEquals(rankOf({ ...SLURM, ...array }), "2/2");
  assertEquals(rankOf({ ...SLURM, ...array }, "slurm"), "2/2");
  const { SLURM_STEP_ID: _, ...batch } = SLURM;
  for (const launcher of ["auto", "slurm"]) {
    assertThrows(() => rankOf({ ...batch, ...array }, launcher), TypeError, "by srun");
  }
});
