import { createStoreContext } from "@lade/core/backend";
import { createLoader, type LoaderOptions, type MapDataset, SampleError } from "@lade/loader";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Tensor } from "@tensorflow/tfjs-core";
import { numbersDataset, numbersStore } from "../../loader/testing/numbers_dataset.ts";
import { ascending, range } from "../../loader/testing/range_dataset.ts";
import { tf } from "../testing/cpu.ts";
import { toTfDataset } from "./to_tf_dataset.ts";

/** Batches of four of the numbers below ten, as tensors. */
function tens(options: LoaderOptions<number> = {}) {
  return createLoader(range(10), { batchSize: 4, ...options });
}

/** What a tensor holds; it is disposed of. */
function taken(tensor: Tensor): number[] {
  const values = Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

async function collect(
  dataset: { iterator(): Promise<{ next(): Promise<IteratorResult<Tensor>> }> },
): Promise<number[][]> {
  const all: number[][] = [];
  const iterator = await dataset.iterator();
  for (;;) {
    const { done, value } = await iterator.next();
    if (done) return all;
    all.push(taken(value));
  }
}

const EPOCH = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]];

Deno.test("each iteration is an epoch of the loader, and no tensor is left", async () => {
  const before = tf.memory().numTensors;
  const loader = tens({ seed: 3, shuffle: "full" });
  await using dataset = await toTfDataset(loader, { tf });
  const epochs = [await collect(dataset), await collect(dataset), await collect(dataset)];
  assertEquals(new Set(epochs.map((epoch) => `${epoch}`)).size, 3);
  for (const epoch of epochs) assertEquals(epoch.flat().sort((a, b) => a - b), ascending(10));
  assertEquals([loader.epoch, tf.memory().numTensors], [3, before]);
});

Deno.test("a tensor has the array of its batch, also while others are read ahead by TensorFlow.js", async () => {
  const context = createStoreContext();
  const arrays: unknown[] = [];
  const tensors: Tensor[] = [];
  const loader = createLoader(numbersDataset(await numbersStore(40), 40), { batchSize: 4, context });
  {
    await using dataset = await toTfDataset(loader, {
      tf,
      map: (tensor, { data }) => {
        arrays.push(data.data);
        return tensor;
      },
    });
    const iterator = await dataset.prefetch(3).iterator();
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) tensors.push(next.value);
  }
  tensors.forEach((tensor, batch) => {
    assertStrictEquals(tensor.dataSync(), arrays[batch]);
    assertEquals(
      Array.from(tensor.dataSync()),
      Array.from({ length: 16 }, (_, i) => batch * 4 + Math.floor(i / 4)),
    );
  });
  assertEquals([tensors.length, context.budget.held], [10, 0]);
  tf.dispose(tensors);
});

Deno.test("map makes what is yielded, and leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  await using dataset = await toTfDataset(tens(), {
    tf,
    map: (numbers, { step }) => ({
      xs: tf.add(tf.mul(numbers, 2), 1),
      ys: tf.oneHot(tf.cast(tf.mod(numbers, 2), "int32"), 2),
      step,
    }),
  });
  const seen: unknown[] = [];
  await dataset.forEachAsync(({ xs, ys, step }) => {
    assertEquals(tf.memory().numTensors, before + 2);
    seen.push([step, xs.arraySync(), ys.shape]);
    tf.dispose([xs, ys]);
  });
  assertEquals(seen, [[0, [1, 3, 5, 7], [4, 2]], [1, [9, 11, 13, 15], [4, 2]], [2, [17, 19], [2, 2]]]);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("take(n) leaves the loader where it is: the next iteration goes on, and disposal ends it", async () => {
  const context = createStoreContext();
  const loader = createLoader(numbersDataset(await numbersStore(40), 40), { batchSize: 4, context });
  {
    await using dataset = await toTfDataset(loader, { tf });
    const firsts = async (count: number) => (await collect(dataset.take(count))).map(([first]) => first);
    assertEquals(await firsts(2), [0, 4]);
    assertEquals(loader.state().position, 8);
    assertEquals(await firsts(3), [8, 12, 16]);
    assertEquals(context.budget.held > 0, true);
  }
  assertEquals(context.budget.held, 0);
  await assertRejects(async () => await loader[Symbol.asyncIterator]().next(), TypeError, "that is disposed");
});

Deno.test("an iteration that another one ended is told so, not that it is over", async () => {
  await using dataset = await toTfDataset(tens(), { tf });
  const first = await dataset.iterator();
  const second = await dataset.iterator();
  assertEquals(taken((await first.next()).value), EPOCH[0]);
  assertEquals(taken((await second.next()).value), EPOCH[1]);
  await assertRejects(
    () => first.next(),
    TypeError,
    "another iteration over the same loader has begun since",
  );
  assertEquals(taken((await second.next()).value), EPOCH[2]);
  assertEquals((await second.next()).done, true);
  assertEquals(await collect(dataset), EPOCH);
  assertEquals((await second.next()).done, true);
});

Deno.test("iterations that begin at the same time follow one another", async () => {
  await using dataset = await toTfDataset(tens(), { tf });
  const iterators = [await dataset.iterator(), await dataset.iterator(), await dataset.iterator()];
  const firsts = await Promise.all(iterators.map((iterator) => iterator.next()));
  assertEquals(firsts.map(({ value }) => taken(value)), EPOCH);
});

Deno.test("an error comes at its batch, and the next iteration goes on there", async () => {
  const before = tf.memory().numTensors;
  let isBroken = true;
  const broken = (index: number) =>
    isBroken && index === 6 ? Promise.reject(new Error("gone")) : Promise.resolve(index);
  const loader = createLoader(range(10, broken), { batchSize: 4 });
  for (const prefetch of [0, 2]) {
    loader.seek({ step: 0 });
    isBroken = true;
    const dataset = await toTfDataset(loader, { tf });
    const seen: number[][] = [];
    const source = prefetch === 0 ? dataset : dataset.prefetch(prefetch);
    await assertRejects(
      () => source.forEachAsync((tensor) => void seen.push(taken(tensor))),
      SampleError,
      "gone",
    );
    assertEquals([seen, loader.state().position], [EPOCH.slice(0, 1), 4]);
    isBroken = false;
    assertEquals(await collect(dataset), EPOCH.slice(1));
    assertEquals(tf.memory().numTensors, before);
  }
});

Deno.test("what map throws ends the iteration, and leaves no tensor", async () => {
  const before = tf.memory().numTensors;
  await using dataset = await toTfDataset(tens(), {
    tf,
    map(tensor, { step }) {
      if (step === 1) throw new Error("no map");
      return tf.add(tensor, 1);
    },
  });
  const seen: number[][] = [];
  await assertRejects(() => dataset.forEachAsync((tensor) => void seen.push(taken(tensor))), Error, "no map");
  assertEquals([seen, tf.memory().numTensors], [[[1, 2, 3, 4]], before]);
});

Deno.test("an iteration with no batch left fails, rather than that repeat() goes round for ever", async () => {
  await using dataset = await toTfDataset(tens({ epochs: 2 }), { tf });
  const seen: number[][] = [];
  const endless = dataset.repeat().forEachAsync((tensor) => void seen.push(taken(tensor)));
  await assertRejects(() => endless, TypeError, "its epochs (2) are over");
  assertEquals(seen, [...EPOCH, ...EPOCH]);
  await using empty = await toTfDataset(
    createLoader(range(0), { allowEmpty: true, batchSize: 4, epochs: 5 }),
    { tf },
  );
  await assertRejects(() => empty.toArray(), TypeError, "the epoch has no samples");
});

Deno.test("a rank's batches without samples are passed over", async () => {
  const options = { globalBatchSize: 4, world: { rank: 3, size: 4 } };
  await using dataset = await toTfDataset(createLoader(range(10), options), {
    tf,
  });
  assertEquals(await collect(dataset), [[3], [7]]);
});

Deno.test("disposal in the middle of a read ends it", async () => {
  const reading = Promise.withResolvers<void>();
  const numbers: MapDataset<number> = {
    ...range(10),
    get: (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        reading.resolve();
      }),
  };
  const loader = createLoader(numbers, { batchSize: 4 });
  const dataset = await toTfDataset(loader, { tf });
  const iterator = await dataset.iterator();
  const pending = iterator.next();
  await reading.promise;
  await Promise.all([
    assertRejects(() => pending, DOMException, "disposed"),
    dataset[Symbol.asyncDispose](),
  ]);
  await assertRejects(() => iterator.next(), TypeError, "the data set is disposed");
  await assertRejects(async () => await (await dataset.iterator()).next(), TypeError, "that is disposed");
});
