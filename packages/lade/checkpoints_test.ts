import { assertEquals, assertRejects } from "@std/assert";
import { checkpoints, copyCheckpoint, exportCheckpoint, loadForeign } from "./checkpoints.ts";
import { Lade } from "./lade.ts";

const ROOT = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(ROOT, { recursive: true }));

for (const root of ["memory://data", `file://${ROOT}`, `direct://${ROOT}`]) {
  const scheme = root.split("/")[0];
  Deno.test(`checkpoints() begins a series under ${scheme}//, with and without a slash, and copies of it`, async () => {
    await using lade = new Lade();
    const data = Float32Array.of(1, 2, 3);
    const uri = `${root}/${scheme}new/series`;
    {
      await using series = await checkpoints(`${uri}/`, { lade, run: "a" });
      await series.save(7, { tensors: [{ name: "w", dtype: "float32", shape: [3], data }] }).committed;
    }
    await using again = await checkpoints(uri, { lade, readOnly: true });
    assertEquals((await again.latest())?.step, 7);
    const { objects } = await copyCheckpoint(uri, "latest", `memory://copies/${scheme}`, { lade });
    assertEquals(objects, 1);
    await using copied = await checkpoints(`memory://copies/${scheme}/`, { lade, readOnly: true });
    await using checkpoint = await copied.open("latest");
    assertEquals((await checkpoint.loadAll()).get("w")?.data, data);
  });
}

Deno.test("loadForeign() opens what exportCheckpoint() writes by its URI, the folder's too", async () => {
  await using lade = new Lade();
  const data = Float32Array.of(1, 2, 3);
  const uri = `file://${ROOT}/exported`;
  await using series = await checkpoints(uri, { lade });
  await series.save(7, { tensors: [{ name: "w", dtype: "float32", shape: [3], data }] }).committed;
  for (const format of ["safetensors", "npz", "raw"] as const) {
    const to = `${uri}/${format}`;
    const { index } = await exportCheckpoint(uri, "latest", to, { lade, format });
    const name = index.split("/").at(-1);
    for (const place of [to, `${to}/`, `${to}/${name}`]) {
      const foreign = await loadForeign(place, { lade });
      assertEquals((await foreign.loadAll()).get("w")?.data, data);
    }
  }
});

Deno.test("checkpoints() of nothing, for reading, is an error that names it", async () => {
  await using lade = new Lade();
  await assertRejects(
    () => checkpoints("memory://data/none/", { lade, readOnly: true }),
    Error,
    'Cannot open checkpoints in "memory://data/none": there are none: it has no lade.json',
  );
});
