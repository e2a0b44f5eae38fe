import { assertEquals, assertRejects } from "@std/assert";
import { dataset, loader } from "./datasets.ts";
import { Lade } from "./lade.ts";

const ROOT = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(ROOT, { recursive: true }));

for (const root of ["memory://data", `file://${ROOT}`, `direct://${ROOT}`]) {
  Deno.test(`loader() goes through what lies under ${root.split("/")[0]}// in order, and goes on where it was`, async () => {
    await using lade = new Lade();
    for (let i = 0; i < 10; i++) await lade.put(`${root}/set/${i}`, `sample ${i}`);
    const transform = (sample: unknown) => new TextDecoder().decode((sample as { bytes: Uint8Array }).bytes);
    const options = { batchSize: 4, shuffle: "full", seed: 1, transform, dataset: { lade } } as const;
    await using first = await loader<string>(`${root}/set/`, options);
    const seen: string[] = [];
    for await (const { data } of first) {
      seen.push(...data);
      break;
    }
    await using second = await loader<string>(`${root}/set/`, { ...options, state: first.state() });
    for await (const { data } of second) seen.push(...data);
    assertEquals(seen.toSorted(), Array.from({ length: 10 }, (_, i) => `sample ${i}`));
  });
}

Deno.test("dataset() of nothing is an error that names it", async () => {
  await using lade = new Lade();
  await assertRejects(
    () => dataset("memory://data/none/", { lade }),
    Error,
    '"memory://data/none/": no object lies there',
  );
});
