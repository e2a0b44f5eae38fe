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

Deno.test("tensors that are no list, and options of another type, are refused before anything is saved or removed", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "run");
  const tensor = { name: "w", dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } as const;
  // By their names, as other programs keep them, nothing would be gone through.
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ tensors: { w: tensor } }, "with tensors a Object: a list of tensors"],
    [{ tensors: 0 }, "with tensors 0"],
    [{ tensors: "w" }, 'with tensors "w"'],
    [{}, "with tensors undefined"],
    [{ tensors: [null] }, "with null: an object of names"],
    [{ tensors: [{ ...tensor, shape: undefined }] }, "its shape undefined is no list of numbers"],
    [{ tensors: [{ ...tensor, shape: 2 }] }, "its shape 2 is no list of numbers"],
    [{ tensors: [{ ...tensor, offsets: [0n] }] }, "its offsets a list is no list of numbers"],
    [{ tensors: [{ ...tensor, replicas: 0 }] }, "its replicas 0 is no list of numbers"],
    [{ tensors: [{ ...tensor, frozen: "false" }] }, 'with frozen "false": true or false'],
  ];
  for (const [content, words] of wrong) {
    assertThrows(() => checkpoints.save(1, content as { tensors: [] }), TypeError, words);
  }
  for (const [given, words] of [[null, "nor what yields bytes"], [["w"], "no Uint8Array"]] as const) {
    const data = () => given as unknown as Float32Array<ArrayBuffer>;
    const save = checkpoints.save(1, { tensors: [{ ...tensor, data }] });
    await assertRejects(() => save.committed, TypeError, words);
  }
  await checkpoints.save(1, { tensors: [tensor] }).committed;

  const cast = (value: unknown) => value as never;
  await assertRejects(() => checkpoints.gc({ dryRun: cast(0) }), TypeError, "with dryRun 0");
  await assertRejects(() => checkpoints.gc({ keep: cast(null) }), TypeError, "with null");
  await assertRejects(() => checkpoints.gc(cast(3)), TypeError, "with 3");
  await assertRejects(() => openCheckpoints(store, "run", { keep: cast(NaN) }), TypeError, "with NaN");
  await assertRejects(() => openCheckpoints(store, cast(null)), TypeError, "A key is a text");
  await assertRejects(() => checkpoints.recover(cast({ dryRun: true })), TypeError, "dryRun");
  await using checkpoint = await checkpoints.open(1);
  await assertRejects(() => checkpoint.load(cast({ w: tensor })), TypeError, "a list of what is wanted");
  await assertRejects(() => checkpoint.load([], { verify: cast(0) }), TypeError, "with verify 0");
  await assertRejects(() => checkpoint.loadAll({ filter: cast("w") }), TypeError, "a function is needed");
  const copying = { leaseMs: cast("x") };
  const [from, to] = [{ store, prefix: "run" }, { store, prefix: "copy" }];
  await assertRejects(() => copyCheckpoint(from, 1, to, copying), TypeError, 'with leaseMs "x"');
  await assertRejects(() => copyCheckpoint(from, cast(null), to), TypeError, "copy a checkpoint");
});
