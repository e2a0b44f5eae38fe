import { Lade } from "@lade/lade";
import { assertEquals } from "@std/assert";
import { directoryUri } from "../places/local_path.ts";
import { locate } from "../places/place.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import { openPlan } from "../plan/read_plan.ts";
import { type PlanListener, runPlan } from "./run_plan.ts";
import { savePlan } from "./save_plan.ts";

Deno.test("a plan has the names of files that the transfer would make, and what clashes is not in it", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using lade = new Lade();
    for (const name of ["a//b", "c", "c/d"]) await lade.put(`memory://s/${name}`, "1");
    const failed: string[] = [];
    const listener: PlanListener = {
      deleted: () => Promise.resolve(),
      done: () => Promise.resolve(),
      skipped: () => Promise.resolve(),
      failed: (uri) => Promise.resolve(void failed.push(uri)),
    };
    const { signal } = new AbortController();
    const request = {
      operation: "cp",
      sources: ["memory://s/"],
      destination: await resolveDestination(lade, directoryUri(directory), true),
      recursive: true,
      move: false,
      mapNames: "percent",
      signal,
    } as const;
    const file = await locate(lade, "memory://plans/p");
    const { objects } = await savePlan(lade, request, listener, file);
    assertEquals([objects, failed], [2, ["memory://s/c/d"]]);
    assertEquals(await Array.fromAsync(Deno.readDir(directory)), []);
    await runPlan(lade, await openPlan(file, signal), { signal }, listener);
    assertEquals(await Deno.readTextFile(`${directory}/a/%2Fb`), "1");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
