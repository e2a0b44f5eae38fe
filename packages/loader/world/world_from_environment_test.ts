import { assertEquals, assertThrows } from "@std/assert";
import { worldFromEnvironment } from "./world_from_environment.ts";

const of = (variables: Readonly<Record<string, string>>) => worldFromEnvironment((name) => variables[name]);

Deno.test("worldFromEnvironment() counts from 0, whoever started the process", () => {
  const worlds: [Record<string, string>, number, number][] = [
    [{ RANK: "3", WORLD_SIZE: "8" }, 3, 8],
    [{ SLURM_STEP_ID: "0", SLURM_PROCID: "2", SLURM_NTASKS: "4" }, 2, 4],
    [{ OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "2" }, 0, 2],
    [{ JOB_COMPLETION_INDEX: "5", LADE_SHARDS: "6" }, 5, 6],
  ];
  for (const [variables, rank, size] of worlds) {
    const found = of(variables);
    assertEquals([found.rank, found.size], [rank, size]);
    for (const [name, value] of Object.entries(variables)) {
      if (name !== "SLURM_STEP_ID") {
        assertEquals(found.source.includes(`${name}=${value}`), true, found.source);
      }
    }
  }
});

Deno.test("worldFromEnvironment() never takes a process for the only one", () => {
  assertThrows(() => of({}), TypeError, "RANK");
  assertThrows(() => of({ RANK: "1" }), TypeError, "WORLD_SIZE is not");
  assertThrows(() => of({ RANK: "4", WORLD_SIZE: "4" }), TypeError, "less than");
  assertThrows(() => of({ JOB_COMPLETION_INDEX: "1" }), TypeError, "LADE_SHARDS");
  assertThrows(
    () => of({ RANK: "1", WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "4" }),
    TypeError,
    "disagree",
  );
});

Deno.test("worldFromEnvironment() takes the word of the launcher that is named", () => {
  const both = { RANK: "1", WORLD_SIZE: "4", OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "4" };
  const by = (launcher: string) =>
    worldFromEnvironment((name) => (both as Record<string, string>)[name], { launcher });
  assertEquals([by("torchrun").rank, by("mpi").rank], [1, 2]);
  assertThrows(() => by("torch"), TypeError, "is no launcher");
});
