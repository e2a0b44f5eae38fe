import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { copyCheckpoint } from "../copy/copy_checkpoint.ts";
import { exportCheckpoint } from "../export/export_checkpoint.ts";
import { loadForeign } from "../foreign/load_foreign.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";

Deno.test("what is misspelt is refused by name, and nothing is saved, loaded or removed by less than was said", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "run");
  const tensor = { name: "w", dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) } as const;
  const saved = { tensors: [tensor], extras: { loader: 1 } };
  // Spread, as options are put together: TypeScript looks at names of literals only.
  const wrong = [
    { ...saved, extra: { loader: 1 } },
    { ...saved, metric: { loss: 1 } },
    { tensors: [{ ...tensor, offset: [2], globalShape: [8] }] },
    { tensors: [{ ...tensor, frosen: true }] },
  ];
  for (const content of wrong) assertThrows(() => checkpoints.save(1, content), TypeError, "it takes");
  await checkpoints.save(1, saved).committed;

  await using checkpoint = await checkpoints.open(1);
  const data = new Float32Array(2);
  const misplaced = { name: "w", offset: [2], shape: [2], data };
  await assertRejects(() => checkpoint.load([misplaced]), TypeError, 'with "offset"');
  await assertRejects(() => checkpoint.load([{ ...tensor, dtype: "int32" }]), TypeError, "it is float32");
  assertEquals([...data], [0, 0]);
  assertEquals((await checkpoint.load([{ ...tensor, data: new Float32Array(4) }])).bytes, 16);
  const { signal } = new AbortController();
  const unsure = { signal, verfy: true };
  await assertRejects(() => checkpoint.load([], unsure), TypeError, "verfy");
  const forReal = { signal, dryrun: true };
  await assertRejects(() => checkpoints.gc(forReal), TypeError, "dryrun");
  await assertRejects(() => checkpoints.open(1, forReal), TypeError, "dryrun");
  await assertRejects(() => exportCheckpoint(checkpoint, store, "hf", unsure), TypeError, "verfy");
  const [from, to] = [{ store, prefix: "run" }, { store, prefix: "copy" }];
  await assertRejects(() => copyCheckpoint(from, 1, to, unsure), TypeError, "verfy");

  await exportCheckpoint(checkpoint, store, "hf");
  await assertRejects(() => loadForeign(store, "hf", unsure), TypeError, "verfy");
  const foreign = await loadForeign(store, "hf");
  await assertRejects(() => foreign.load([], unsure), TypeError, "verfy");
  await assertRejects(() => foreign.load([misplaced]), TypeError, 'with "offset"');
});

Deno.test("an array in Fortran order, and one of other elements than its dtype, are not saved", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "");
  const array = { name: "w", dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
  assertThrows(() => checkpoints.save(1, { tensors: [{ ...array, order: "F" }] }), TypeError, "inCOrder()");
  const wrong = { ...array, data: Int32Array.of(1, 2, 3, 4) };
  assertThrows(() => checkpoints.save(1, { tensors: [wrong] }), TypeError, "given as a Int32Array");
  await checkpoints.save(1, { tensors: [{ ...array, order: "C" }] }).committed;
  const bytes = { ...array, data: new Uint8Array(array.data.buffer) };
  await checkpoints.save(2, { tensors: [bytes] }).committed;
});
