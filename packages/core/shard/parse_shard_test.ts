import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseShard } from "./parse_shard.ts";
import { MOST_SHARDS } from "./shard.ts";

type Variables = Readonly<Record<string, string>>;

function parse(text: string, variables: Variables = {}): string {
  const { number, count, source } = parseShard(text, (name) => variables[name]);
  return `${number}/${count}${source === undefined ? "" : ` by ${source}`}`;
}

function fault(text: string, variables: Variables = {}): string {
  return assertThrows(() => parse(text, variables), TypeError).message;
}

const STEP = { SLURM_STEP_ID: "0", SLURM_PROCID: "2", SLURM_NTASKS: "4" };
const ARRAY = {
  SLURM_ARRAY_TASK_ID: "13",
  SLURM_ARRAY_TASK_MIN: "11",
  SLURM_ARRAY_TASK_MAX: "14",
  SLURM_ARRAY_TASK_STEP: "1",
  SLURM_ARRAY_TASK_COUNT: "4",
};

Deno.test("I/N is a shard from 1 to N, whatever the environment says", () => {
  assertEquals(["1/1", "1/4", "4/4", `7/${MOST_SHARDS}`].map((text) => parse(text, STEP)), [
    "1/1",
    "1/4",
    "4/4",
    `7/${MOST_SHARDS}`,
  ]);
});

Deno.test("what is no shard is refused, and 0 is told apart from the rest", () => {
  assertEquals(
    fault("0/4"),
    '"0/4" is no shard: they are counted from 1 to 4; a rank, counted from 0, has 1 added to it, as auto does',
  );
  assertEquals(fault("5/4"), '"5/4" is no shard: they are counted from 1 to 4');
  for (const text of ["0/0", "1/0", `1/${MOST_SHARDS + 1}`]) {
    assertStringIncludes(fault(text), "from 1 to 100000");
  }
  for (
    const text of [
      "",
      "1",
      "/",
      "1/",
      "/4",
      "1/4/2",
      "-1/4",
      "1.5/4",
      "1/4 ",
      "one/4",
      "Auto",
      "1e1/20",
      "9999999999/9999999999",
    ]
  ) {
    assertStringIncludes(fault(text, STEP), "is no shard: it is I/N");
  }
});

Deno.test("auto reads which process this is, whatever started it", () => {
  const cases: readonly [string, Variables, string][] = [
    [
      "kubernetes",
      { JOB_COMPLETION_INDEX: "0", LADE_SHARDS: "8" },
      "1/8 by JOB_COMPLETION_INDEX=0, LADE_SHARDS=8",
    ],
    ["slurm", STEP, "3/4 by SLURM_PROCID=2, SLURM_NTASKS=4"],
    ["slurm", ARRAY, "3/4 by SLURM_ARRAY_TASK_ID=13, SLURM_ARRAY_TASK_MIN=11, SLURM_ARRAY_TASK_COUNT=4"],
    ["torchrun", { RANK: "15", WORLD_SIZE: "16" }, "16/16 by RANK=15, WORLD_SIZE=16"],
    [
      "mpi",
      { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "2" },
      "2/2 by OMPI_COMM_WORLD_RANK=1, OMPI_COMM_WORLD_SIZE=2",
    ],
    ["mpi", { PMI_RANK: "1", PMI_SIZE: "2" }, "2/2 by PMI_RANK=1, PMI_SIZE=2"],
    [
      "aws-batch",
      { AWS_BATCH_JOB_ARRAY_INDEX: "9", AWS_BATCH_JOB_ARRAY_SIZE: "10" },
      "10/10 by AWS_BATCH_JOB_ARRAY_INDEX=9, AWS_BATCH_JOB_ARRAY_SIZE=10",
    ],
    [
      "google-batch",
      { BATCH_TASK_INDEX: "1", BATCH_TASK_COUNT: "3" },
      "2/3 by BATCH_TASK_INDEX=1, BATCH_TASK_COUNT=3",
    ],
    [
      "cloud-run",
      { CLOUD_RUN_TASK_INDEX: "1", CLOUD_RUN_TASK_COUNT: "3" },
      "2/3 by CLOUD_RUN_TASK_INDEX=1, CLOUD_RUN_TASK_COUNT=3",
    ],
  ];
  for (const [engine, variables, shard] of cases) {
    assertEquals(parse("auto", variables), shard);
    assertEquals(parse(engine, variables), shard);
    assertEquals(parse("auto", { ...variables, HOME: "/root", SLURM_JOB_ID: "7", RANK_OF: "x" }), shard);
  }
});

Deno.test("auto without anything that tells, or with half of it, names the variables", () => {
  assertEquals(
    fault("auto"),
    "auto finds nothing that started this process as one of several: none of JOB_COMPLETION_INDEX, SLURM_PROCID, RANK, " +
      "OMPI_COMM_WORLD_RANK, PMI_RANK, AWS_BATCH_JOB_ARRAY_INDEX, BATCH_TASK_INDEX, CLOUD_RUN_TASK_INDEX is set, or may be read",
  );
  assertEquals(
    fault("auto", { JOB_COMPLETION_INDEX: "3" }),
    "JOB_COMPLETION_INDEX=3 is set, but LADE_SHARDS is not: Kubernetes tells no number of completions: " +
      "give it to the container as LADE_SHARDS",
  );
  assertEquals(fault("auto", { RANK: "3" }), "RANK=3 is set, but WORLD_SIZE is not");
  assertEquals(fault("auto", { WORLD_SIZE: "3", RANK: "" }), "WORLD_SIZE=3 is set, but RANK is not");
  assertEquals(fault("auto", { ...STEP, RANK: "3" }), "RANK=3 is set, but WORLD_SIZE is not");
  assertEquals(
    fault("auto", { SLURM_STEP_ID: "0", SLURM_PROCID: "0" }),
    "SLURM_PROCID=0 is set, but SLURM_NTASKS is not",
  );
  assertEquals(
    fault("auto", { SLURM_ARRAY_TASK_ID: "1" }),
    "SLURM_ARRAY_TASK_ID=1 is set, but SLURM_ARRAY_TASK_MIN is not",
  );
  assertStringIncludes(fault("torchrun", STEP), '"torchrun" finds no shard: RANK not set');
});

Deno.test("an index that is none, or not below the count, is refused with its variables", () => {
  assertEquals(
    fault("auto", { JOB_COMPLETION_INDEX: "8", LADE_SHARDS: "8" }),
    "JOB_COMPLETION_INDEX=8, LADE_SHARDS=8: the first counts from 0, and is to be less than the second",
  );
  assertEquals(fault("auto", { RANK: "-1", WORLD_SIZE: "2" }), 'RANK="-1" is no whole number');
  assertEquals(fault("auto", { RANK: "0", WORLD_SIZE: "two" }), 'WORLD_SIZE="two" is no whole number');
  assertStringIncludes(fault("auto", { RANK: "0", WORLD_SIZE: "100001" }), "make 100001 shards");
});

Deno.test("engines that agree are one, engines that disagree are refused until one is named", () => {
  const pmi = { PMI_RANK: "2", PMI_SIZE: "4" };
  assertEquals(
    parse("auto", { ...STEP, ...pmi }),
    "3/4 by SLURM_PROCID=2, SLURM_NTASKS=4, PMI_RANK=2, PMI_SIZE=4",
  );
  const torchrun = { RANK: "17", WORLD_SIZE: "32" };
  assertEquals(
    fault("auto", { ...STEP, ...torchrun }),
    "auto finds two that disagree: shard 3 of 4 by SLURM_PROCID=2, SLURM_NTASKS=4, shard 18 of 32 by RANK=17, WORLD_SIZE=32; " +
      "name one, slurm or torchrun, in place of auto",
  );
  assertEquals(parse("torchrun", { ...STEP, ...torchrun }), "18/32 by RANK=17, WORLD_SIZE=32");
  assertEquals(parse("slurm", { ...STEP, RANK: "nonsense" }), "3/4 by SLURM_PROCID=2, SLURM_NTASKS=4");
  assertStringIncludes(
    fault("auto", { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2", ...pmi }),
    "OMPI_COMM_WORLD_RANK=0, OMPI_COMM_WORLD_SIZE=2 and PMI_RANK=2, PMI_SIZE=4 disagree",
  );
});

Deno.test("a batch script of Slurm, which has SLURM_PROCID=0 and is one process, is no shard", () => {
  const batch = { SLURM_JOB_ID: "7", SLURM_PROCID: "0", SLURM_NTASKS: "4" };
  for (const text of ["auto", "slurm"]) {
    assertStringIncludes(
      fault(text, batch),
      "there is no SLURM_STEP_ID: a batch script is one process, start lade by srun",
    );
  }
  // What such a script starts by other means is told by those.
  assertEquals(parse("auto", { ...batch, RANK: "3", WORLD_SIZE: "8" }), "4/8 by RANK=3, WORLD_SIZE=8");
});

Deno.test("tasks of a job array count from any number by any step, and through the steps of each", () => {
  const stepped = {
    ...ARRAY,
    SLURM_ARRAY_TASK_ID: "4",
    SLURM_ARRAY_TASK_MIN: "0",
    SLURM_ARRAY_TASK_MAX: "6",
    SLURM_ARRAY_TASK_STEP: "2",
  };
  assertStringIncludes(parse("auto", stepped), "3/4 by");
  const taken = new Set<string>();
  for (const task of [11, 12, 13, 14]) {
    for (const process of [0, 1, 2]) {
      const step = {
        SLURM_STEP_ID: "0",
        SLURM_PROCID: `${process}`,
        SLURM_NTASKS: "9",
        SLURM_STEP_NUM_TASKS: "3",
      };
      taken.add(parse("auto", { ...ARRAY, SLURM_ARRAY_TASK_ID: `${task}`, ...step }).split(" ")[0] ?? "");
    }
  }
  assertEquals([...taken], Array.from({ length: 12 }, (_, i) => `${i + 1}/12`));
  // The batch script of each task is one process, whatever number of tasks it might start.
  assertStringIncludes(
    parse("auto", { ...ARRAY, SLURM_PROCID: "0", SLURM_NTASKS: "3" }),
    "3/4 by SLURM_ARRAY_TASK_ID=13",
  );
  const gaps = {
    ...ARRAY,
    SLURM_ARRAY_TASK_ID: "3",
    SLURM_ARRAY_TASK_MIN: "1",
    SLURM_ARRAY_TASK_MAX: "7",
    SLURM_ARRAY_TASK_COUNT: "3",
  };
  assertStringIncludes(fault("auto", gaps), "SLURM_ARRAY_TASK_MAX=7");
  assertStringIncludes(fault("auto", gaps), "an array without gaps does");
});
