import { assertEquals } from "@std/assert";
import { Lade } from "@lade/lade";
import { PlaceJudge } from "@lade/core/operations";
import { PLAIN_RULES } from "../names/local_names.ts";
import { LocalNames } from "../names/name_makers.ts";
import { locate } from "../places/place.ts";
import { planJobs } from "./plan_jobs.ts";

/** What is planned from objects of these names to a local directory whose file system takes names for one. */
async function planned(names: readonly string[]): Promise<{ to: string[]; refused: string[] }> {
  await using lade = new Lade();
  const { store } = await lade.locate("memory://names/");
  for (const name of names) await store.put(name, new Uint8Array(name.endsWith("/") ? 0 : 1));
  const plan = planJobs({
    lade,
    operation: "cp",
    sources: ["memory://names/"],
    destination: { kind: "prefix", place: await locate(lade, "/out/") },
    recursive: true,
    stdin: { read: () => Promise.resolve(null) },
    move: false,
    changesAttributes: false,
    conversion: "none",
    names: new LocalNames({ ...PLAIN_RULES, folding: { case: true, form: true } }),
    judge: new PlaceJudge(),
    signal: new AbortController().signal,
  });
  const [to, refused]: [string[], string[]] = [[], []];
  for await (const job of plan) {
    if ("reason" in job) refused.push(job.marker?.to ? `${job.marker.to.uri} made` : job.uri);
    else to.push(job.to?.uri ?? "");
  }
  return { to, refused };
}

Deno.test("of names that a local file system takes for one the first goes, and the others are refused", async () => {
  const names = ["A", "B/x", "a", "b", "b/X", "b/y", "caf\u00e9", "cafe\u0301", "D/", "d"];
  assertEquals(await planned(names), {
    to: ["A", "B/x", "b/y", "cafe\u0301"].map((name) => `file:///out/${name}`),
    refused: [
      "file:///out/D/ made",
      ...["a", "b", "b/X", "caf\u00e9", "d"].map((name) => `memory://names/${name}`),
    ],
  });
});
