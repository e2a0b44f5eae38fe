import { createStoreContext, type StoreContext } from "@lade/core/backend";
import { createLoader } from "@lade/loader";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { numbersDataset, numbersStore } from "../../loader/testing/numbers_dataset.ts";
import { range } from "../../loader/testing/range_dataset.ts";
import { tf } from "../testing/cpu.ts";
import { toTensors } from "./to_tensors.ts";

/** Batches of four rows of numbers; there are ten. */
async function numbers(context: StoreContext = createStoreContext()) {
  return createLoader(numbersDataset(await numbersStore(10), 10), { batchSize: 4, context });
}

Deno.test("a tensor on the CPU has the very array of its batch, after the batch and the loader", async () => {
  const context = createStoreContext();
  const made = [];
  {
    await using loader = await numbers(context);
    for await (const batch of loader) {
      const tensor = await toTensors(batch, { tf });
      assertStrictEquals(tensor.dataSync(), batch.data.data);
      assertEquals(tensor.dtype, "int32");
      made.push(tensor);
    }
  }
  assertEquals(made.map(({ shape }) => shape), [[4, 4], [4, 4], [2, 4]]);
  const rows = made.flatMap((tensor) => Array.from(tensor.dataSync()));
  assertEquals(rows, Array.from({ length: 40 }, (_, i) => Math.floor(i / 4)));
  assertEquals(context.budget.held, 0);
  tf.dispose(made);
});

Deno.test("what is converted leaves its batch the memory, which is taken for the next ones", async () => {
  await using loader = await numbers();
  const before: ArrayBufferLike[] = [];
  for await (const batch of loader) {
    const tensor = await toTensors(batch, { tf, convert: "float32" });
    assertEquals(tensor.dtype, "float32");
    assertEquals(Array.from(tensor.dataSync()), Array.from(batch.data.data as Int32Array));
    before.push(batch.data.data.buffer);
    tensor.dispose();
  }
  assertEquals(before.map((buffer) => (buffer as ArrayBuffer).detached), [true, true, true]);
});

Deno.test("no tensor is left of a loop that disposes of its own", async () => {
  const before = tf.memory().numTensors;
  await using loader = await numbers();
  for (let epoch = 0; epoch < 3; epoch++) {
    for await (const batch of loader) {
      const tensor = await toTensors(batch, { tf });
      assertEquals(tf.memory().numTensors, before + 1);
      tensor.dispose();
    }
  }
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("samples that are records become a tensor for each name", async () => {
  await using loader = createLoader(range(5), {
    batchSize: 3,
    transform: (i) => ({ pixels: Uint8Array.of(i, i + 1), label: i, name: `sample ${i}`, odd: i % 2 === 1 }),
  });
  const seen: unknown[] = [];
  for await (const batch of loader) {
    const { pixels, label, name, odd } = await toTensors(batch, { tf, convert: { label: "int32" } });
    assertEquals([pixels, label, name, odd].map(({ dtype }) => dtype), ["int32", "int32", "string", "bool"]);
    seen.push([pixels.arraySync(), label.arraySync(), name.arraySync(), odd.arraySync()]);
    tf.dispose([pixels, label, name, odd]);
  }
  assertEquals(seen, [
    [[[0, 1], [1, 2], [2, 3]], [0, 1, 2], ["sample 0", "sample 1", "sample 2"], [0, 1, 0]],
    [[[3, 4], [4, 5]], [3, 4], ["sample 3", "sample 4"], [1, 0]],
  ]);
});

Deno.test("a record that was put together in the batch's memory is not copied", async () => {
  const context = createStoreContext();
  await using loader = createLoader(range(4), {
    batchSize: 2,
    context,
    collate(samples, allocate) {
      const data = new Float32Array(allocate(samples.length * 4).buffer, 48, samples.length);
      data.set(samples);
      return {
        value: { dtype: "float32", shape: [samples.length], order: "C", data } as const,
        twice: [...samples],
      };
    },
  });
  const kept = [];
  for await (const batch of loader) {
    const { value, twice } = await toTensors(batch, { tf });
    assertStrictEquals(value.dataSync(), batch.data.value.data);
    kept.push(value, twice);
  }
  assertEquals(kept.map((tensor) => tensor.arraySync()), [[0, 1], [0, 1], [2, 3], [2, 3]]);
  tf.dispose(kept);
});

Deno.test("what can become no tensor leaves no tensor, and the batch its memory", async () => {
  const before = tf.memory().numTensors;
  await using loader = createLoader(numbersDataset(await numbersStore(10), 10), {
    batchSize: 4,
    transform: (row) => ({ row, id: BigInt64Array.of(1n) }),
  });
  for await (const batch of loader) {
    await assertRejects(
      () => toTensors(batch, { tf }),
      TypeError,
      'Cannot make a tensor of "id": TensorFlow.js has no int64',
    );
    const convert = { ids: "int32" } as const;
    await assertRejects(
      () => toTensors(batch, { tf, convert }),
      TypeError,
      'Cannot convert "ids": the fields of the batch are "row", "id"',
    );
  }
  assertEquals(tf.memory().numTensors, before);
  await using plain = await numbers();
  for await (const batch of plain) {
    const convert = { image: "int32" } as const;
    await assertRejects(
      () => toTensors(batch, { tf, convert }),
      TypeError,
      "the fields of the batch are none",
    );
    batch[Symbol.dispose]();
    await assertRejects(() => toTensors(batch, { tf }), TypeError, "its memory was given back");
  }
});

Deno.test("TensorFlow.js is loaded where none is given", async () => {
  await using loader = await numbers();
  for await (const batch of loader) (await toTensors(batch)).dispose();
});

Deno.test("a TensorFlow.js without a backend is told what it lacks", async () => {
  await using loader = await numbers();
  const without = { ...tf, ready: () => Promise.reject(new Error("none")) };
  for await (const batch of loader) {
    await assertRejects(
      () => toTensors(batch, { tf: without }),
      TypeError,
      "import one, such as @tensorflow/tfjs-backend-cpu",
    );
  }
});
