import { assertEquals } from "@std/assert";
import { Lade } from "@lade/lade";
import { PlaceJudge } from "@lade/core/operations";
import { resolveDestination } from "../places/resolve_destination.ts";
import { planJobs } from "../plan/plan_jobs.ts";
import { planAhead } from "./plan_ahead.ts";

Deno.test("planAhead() counts what is refused among the objects, and its bytes not among the bytes", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/in/empty`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/secret`, "blob");
    await Deno.symlink("../secret", `${root}/in/outer`);
    const plan = planJobs({
      lade,
      operation: "put",
      sources: [`${root}/in`],
      destination: await resolveDestination(lade, "memory://m/p/", true),
      recursive: true,
      stdin: { read: () => Promise.resolve(null) },
      move: false,
      changesAttributes: false,
      conversion: "none",
      judge: new PlaceJudge(),
      signal: new AbortController().signal,
    });
    let [objects, bytes] = [0, 0];
    const planned = (count: number, size: number) => [objects, bytes] = [objects + count, bytes + size];
    let areSizesKnown: boolean | undefined;
    const plannedAll = (known: boolean) => areSizesKnown = known;
    const jobs = await Array.fromAsync(planAhead(plan, { planned, plannedAll }));
    assertEquals([jobs.length, objects, bytes, areSizesKnown], [3, 3, 1, true]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
