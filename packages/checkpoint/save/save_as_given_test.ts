import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import type { JsonValue } from "../json/canonical_json.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";

Deno.test("what is changed once the snapshot is taken is saved as it was given", async () => {
  for (const snapshotBytes of [0, 2 ** 20]) {
    await using store = new MemoryStore();
    await using checkpoints = await openCheckpoints(store, "run", { snapshotBytes });
    const data = Float32Array.of(1, 2);
    const bytes = Uint8Array.of(1, 2, 3);
    const long = "x".repeat(70_000);
    const state = { position: 1, log: ["a"], long };
    const metrics = { loss: 1 };
    const [shape, offsets, globalShape] = [[2], [0], [2]];
    const save = checkpoints.save(1, {
      tensors: [{ name: "w", dtype: "float32", shape, offsets, globalShape, data }],
      extras: { bytes, state },
      metrics,
    });
    // JSON and numbers are taken at once, and memory with the snapshot.
    state.position =
      metrics.loss =
      shape[0] =
      globalShape[0] =
      offsets[0] =
        9;
    state.log.push("b");
    await save.snapshot;
    data.fill(9);
    bytes.fill(9);
    await save.committed;
    await using checkpoint = await checkpoints.open("latest");
    assertEquals(checkpoint.info.metrics, { loss: 1 });
    assertEquals(await checkpoint.extra("bytes"), Uint8Array.of(1, 2, 3));
    assertEquals(await checkpoint.extra("state"), { position: 1, log: ["a"], long });
    assertEquals((await checkpoint.loadAll()).get("w")?.data, Float32Array.of(1, 2));
    assertEquals(store.context.budget.held, 0);
  }
});

Deno.test("names without a value are left out of extras, and what has no names is refused", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "run");
  const extras = { a: { b: undefined, c: 1 } } as unknown as Record<string, JsonValue>;
  await checkpoints.save(1, { tensors: [], extras }).committed;
  await using checkpoint = await checkpoints.open("latest");
  assertEquals(await checkpoint.extra("a"), { c: 1 });
  const wrong: [unknown, string][] = [
    [{ tensors: [], extras: new Map([["a", 1]]) }, "a Map"],
    [{ tensors: [], extras: ["a"] }, "a list"],
    [{ tensors: [], metrics: new Map([["loss", 1]]) }, "a Map"],
    [{ tensors: [], metrics: 5 }, "with 5"],
    [null, "with null"],
    [undefined, "with undefined"],
  ];
  for (const [content, words] of wrong) {
    assertThrows(() => checkpoints.save(2, content as { tensors: [] }), TypeError, words);
  }
});

Deno.test("what names no checkpoint is no checkpoint that is missing, and what is no memory is told before a read", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "run");
  const data = Float32Array.of(1, 2);
  await checkpoints.save(1, { tensors: [{ name: "w", dtype: "float32", shape: [2], data }] }).committed;
  await assertRejects(() => checkpoints.open(2), NotFoundError);
  for (const which of ["resum", "1", undefined, null, -1, 1.5, NaN, 1e12, {}, { generation: -1, step: 1 }]) {
    await assertRejects(() => checkpoints.open(which as number), TypeError, "Cannot open ");
    const ref = which as { generation: number; step: number };
    for (const call of ["pin", "unpin", "retire"] as const) {
      await assertRejects(() => checkpoints[call](ref), TypeError, `Cannot ${call} a checkpoint`);
    }
  }
  await using checkpoint = await checkpoints.open("latest");
  for (const target of [undefined, null, "w", { name: "w" }, { name: "w", data: new ArrayBuffer(8) }]) {
    await assertRejects(
      () => checkpoint.load([target as { name: string; data: Float32Array<ArrayBuffer> }]),
      TypeError,
      "Cannot load",
    );
  }
});
