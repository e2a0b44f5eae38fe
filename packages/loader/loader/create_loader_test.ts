import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createStoreContext, MemoryStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { FakeClock, injectFaults } from "@lade/testing";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { filesDataset } from "../datasets/files_dataset.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { ascending, epoch, range } from "../testing/range_dataset.ts";

Deno.test("a loader hands out each sample once, in order, and the last batch is short", async () => {
  await using loader = createLoader(range(10), { batchSize: 4 });
  assertEquals(await epoch(loader), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
  assertEquals([loader.epoch, loader.stepsPerEpoch], [1, 3]);
});

Deno.test("a loader shuffles each epoch anew, and the same again for the same seed", async () => {
  const run = async (seed: number) => {
    await using loader = createLoader(range(100), { batchSize: 7, shuffle: "full", seed });
    return [(await epoch(loader)).flat(), (await epoch(loader)).flat()];
  };
  const [first = [], second = []] = await run(1);
  for (const order of [first, second]) assertEquals(order.toSorted((a, b) => a - b), ascending(100));
  assertNotEquals(first, second);
  assertEquals(await run(1), [first, second]);
  assertNotEquals((await run(2))[0], first);
});

for (const size of [1, 2, 3, 8]) {
  Deno.test(`a world of ${size} takes the same steps together as one rank`, async () => {
    const stepsOf = async (rank: number, size: number) => {
      const options = { globalBatchSize: 24, world: { rank, size }, shuffle: "full", seed: 5 } as const;
      await using loader = createLoader(range(100), options);
      return await epoch(loader);
    };
    const alone = await stepsOf(0, 1);
    const ranks = await Promise.all(ascending(size).map((rank) => stepsOf(rank, size)));
    assertEquals(new Set(ranks.map(({ length }) => length)), new Set([alone.length]));
    alone.forEach((step, i) => {
      const together = ranks.flatMap((batches) => batches[i] ?? []);
      assertEquals(together.toSorted((a, b) => a - b), step.toSorted((a, b) => a - b));
    });
  });
}

Deno.test("remainder: drop leaves the last step out, pad fills it up and says so", async () => {
  await using dropped = createLoader(range(10), { batchSize: 4, remainder: "drop" });
  assertEquals(await epoch(dropped), [[0, 1, 2, 3], [4, 5, 6, 7]]);
  await using padded = createLoader(range(10), { batchSize: 4, remainder: "pad" });
  const told: [number, number][] = [];
  const batches: (readonly number[])[] = [];
  for await (const { data, size, padding } of padded) {
    told.push([size, padding]);
    batches.push(data);
  }
  assertEquals(batches, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 0, 1]]);
  assertEquals(told, [[4, 0], [4, 0], [4, 2]]);
  assertEquals(padded.stats().samples, 10);
});

Deno.test("a loader over nothing has no steps", async () => {
  await using loader = createLoader(range(0), { batchSize: 4, allowEmpty: true });
  assertEquals(await epoch(loader), []);
  assertEquals(loader.epoch, 1);
});

Deno.test("epochs: behind the last one a loop has nothing", async () => {
  await using loader = createLoader(range(3), { batchSize: 3, epochs: 2 });
  assertEquals([await epoch(loader), await epoch(loader), await epoch(loader)], [
    [[0, 1, 2]],
    [[0, 1, 2]],
    [],
  ]);
});

Deno.test("a state taken at any batch is gone on with exactly, by any world", async () => {
  const options = { shuffle: "full", seed: 3 } as const;
  await using whole = createLoader(range(50), { ...options, globalBatchSize: 6 });
  const order = (await epoch(whole)).flat();
  for (let stop = 0; stop <= 9; stop++) {
    await using before = createLoader(range(50), { ...options, globalBatchSize: 6 });
    const seen: number[] = [];
    if (stop > 0) {
      let step = 0;
      for await (const { data } of before) {
        seen.push(...data);
        if (++step === stop) break;
      }
    }
    const state = JSON.parse(JSON.stringify(before.state()));
    for (const size of [1, 2, 3]) {
      const rest = await Promise.all(
        ascending(size).map(async (rank) => {
          await using after = createLoader(range(50), {
            ...options,
            globalBatchSize: 12,
            world: { rank, size },
            state,
          });
          const batches = (await epoch(after)).flat();
          // The epoch after a resumed one is whole.
          const next = (await epoch(after)).flat();
          return { batches, next };
        }),
      );
      const union = [...seen, ...rest.flatMap(({ batches }) => batches)];
      if (stop < 9) {
        assertEquals(union.toSorted((a, b) => a - b), ascending(50), `stop ${stop}, world ${size}`);
      }
      if (size === 1 && stop < 9) assertEquals(union, order);
      assertEquals(rest.flatMap(({ next }) => next).toSorted((a, b) => a - b), ascending(50));
    }
  }
});

Deno.test("a state of another data set, seed or order is refused, and says what differs", async () => {
  await using loader = createLoader(range(5), { seed: 1, shuffle: "full" });
  const state = loader.state();
  const wrong: [MapDataset<number>, LoaderOptions<number>, string][] = [
    [range(6), { seed: 1, shuffle: "full" }, "5 samples, and the data set has 6"],
    [{ ...range(5), fingerprint: "x" }, { seed: 1, shuffle: "full" }, "fingerprint was range 5, and is x"],
    [range(5), { seed: 2, shuffle: "full" }, "seed 1, and the loader has 2"],
    [range(5), { seed: 1 }, "order"],
  ];
  for (const [dataset, options, words] of wrong) {
    assertThrows(() => createLoader(dataset, { ...options, state }), TypeError, words);
  }
  const broken = { ...state, position: -1 };
  assertThrows(
    () => createLoader(range(5), { seed: 1, shuffle: "full", state: broken }),
    TypeError,
    "position is -1",
  );
});

Deno.test("options that are not known, or contradict one another, are refused", () => {
  const wrong: [object, string][] = [
    [{ batchsize: 3 }, '"batchsize": it takes batchSize, globalBatchSize'],
    [{ pool: { size: 3 } }, "a loader's pool"],
    [{ engine: { x: 3 } }, "a loader's engine"],
    [{ shuffle: { blocks: 3 } }, "a loader's shuffle"],
    [{ shuffle: "half" }, '"full"'],
    [{ batchSize: 3, globalBatchSize: 3 }, "both batchSize and globalBatchSize"],
    [{ batchSize: 0 }, "batchSize 0"],
    [{ batchSize: 1.5 }, "batchSize 1.5"],
    [{ globalBatchSize: 3, world: { rank: 0, size: 2 } }, "no multiple"],
    [{ world: { rank: 2, size: 2 } }, "rank 2 of 2"],
    [{ remainder: "cut" }, '"cut"'],
    [{ remainder: "drop", batchSize: 11 }, "nothing is left"],
    [{ world: { rank: 0, size: 1, local: 0 } }, "a loader's world"],
    [{ seed: 0.5 }, "seed 0.5"],
    [{ pool: { batchesAhead: -1 } }, "batchesAhead -1"],
    [{ pool: { samplesInFlight: 0 } }, "samplesInFlight 0"],
  ];
  for (const [options, words] of wrong) {
    assertThrows(() => createLoader(range(10), options as LoaderOptions<number>), TypeError, words);
  }
});

Deno.test("a remainder may be dropped where a step is left, and of nothing", async () => {
  for (const [samples, batchSize, steps] of [[10, 10, 1], [11, 10, 1], [0, 10, 0]] as const) {
    await using loader = createLoader(range(samples), { batchSize, remainder: "drop", allowEmpty: true });
    assertEquals(loader.stepsPerEpoch, steps);
  }
  await using short = createLoader(range(3), { batchSize: 10, remainder: "short" });
  assertEquals(await epoch(short), [[0, 1, 2]]);
});

Deno.test("config writes every default out, and says where each value is from", async () => {
  await using loader = createLoader({ ...range(10), blocks: { records: 5 } }, {
    globalBatchSize: 4,
    shuffle: true,
  });
  const { loader: { batchSize, order, seed }, pool, sources } = loader.config;
  assertEquals([batchSize, seed, order.kind, order.block], [4, 0, "block", 5]);
  assertEquals(pool.samplesInFlight, 256);
  assertEquals(sources["loader.shuffle.block"], "data set");
  assertEquals(sources["loader.globalBatchSize"], "option");
  assertEquals(sources["pool.maxBytes"], "default");
});

Deno.test("samples that are all alike come as one array, read straight into it", async () => {
  const store = injectFaults(await numbersStore(35), []);
  await using loader = createLoader(numbersDataset(store, 35), { batchSize: 16, shuffle: "full", seed: 1 });
  const rows: number[] = [];
  for await (const { data: { dtype, shape, data } } of loader) {
    assertEquals([dtype, shape.slice(1)], ["int32", [4]]);
    assertEquals(data.length, (shape[0] ?? 0) * 4);
    for (let row = 0; row < data.length; row += 4) {
      assertEquals(new Set(Array.from(data.subarray(row, row + 4), Number)).size, 1);
      rows.push(Number(data[row]));
    }
  }
  assertEquals(rows.toSorted((a, b) => a - b), ascending(35));
  assertEquals(loader.stats().bytes, 35 * 16);
});

Deno.test("rows of one object are asked for together", async () => {
  const store = injectFaults(await numbersStore(100), []);
  await using loader = createLoader(numbersDataset(store, 100), { batchSize: 20 });
  for await (const _ of loader);
  assertEquals(store.calls.filter(({ operation }) => operation === "get").length, 10);
});

Deno.test("a batch's memory is empty once it is given back, and stays where it is kept", async () => {
  const store = await numbersStore(40);
  await using loader = createLoader(numbersDataset(store, 40), { batchSize: 10 });
  const views: ArrayBufferView[] = [];
  for await (const batch of loader) {
    views.push(batch.data.data);
    if (batch.step === 1) assertEquals(batch.keep(), batch.data);
    if (batch.step === 2) batch[Symbol.dispose]();
  }
  assertEquals(views.map(({ byteLength }) => byteLength), [0, 160, 0, 0]);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("memory that is given back is used again", async () => {
  const store = await numbersStore(1000);
  const dataset = numbersDataset(store, 1000);
  const buffers = new Set<ArrayBufferLike>();
  const made = globalThis.ArrayBuffer;
  let count = 0;
  globalThis.ArrayBuffer = class extends made {
    constructor(size: number) {
      super(size);
      if (size > 4096) count++;
    }
  } as typeof ArrayBuffer;
  try {
    await using loader = createLoader(dataset, { batchSize: 10, pool: { batchesAhead: 2 } });
    for await (const { data } of loader) buffers.add(data.data.buffer);
  } finally {
    globalThis.ArrayBuffer = made;
  }
  assert(count <= 5, `${count} buffers were made for 100 batches`);
});

Deno.test("what is at hand is read once the caller waits for something else, or asks for it", async () => {
  const store = new MemoryStore();
  for (let id = 0; id < 400; id++) await store.put(String(id).padStart(3, "0"), Uint8Array.of(id % 256));
  await using loader = createLoader(await filesDataset(store, ""), { batchSize: 10 });
  const ids: number[] = [];
  const ahead: number[][] = [];
  for await (const { data, step } of loader) {
    ids.push(...data.map(({ bytes: [id = -1] }) => id));
    const before = loader.stats().ahead;
    if (step % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (step >= 20 && step < 24) ahead.push([before, loader.stats().ahead]);
  }
  assertEquals(ids, ascending(400).map((id) => id % 256));
  assertEquals(ahead, [[0, 1], [0, 0], [0, 1], [0, 0]]);
  // Who says how many gets them.
  await using wide = createLoader(await filesDataset(store, ""), {
    batchSize: 10,
    pool: { batchesAhead: 3 },
  });
  for await (const { step } of wide) if (step === 20) assertEquals(wide.stats().ahead, 4);
});

Deno.test("what has to be waited for is read ahead at once, and further where it is late", async () => {
  const store = injectFaults(await numbersStore(1000), []);
  await using loader = createLoader(numbersDataset(store, 1000), { batchSize: 10 });
  const ahead: number[] = [];
  for await (const { step } of loader) if (step < 50) ahead.push(loader.stats().ahead);
  assert(Math.min(...ahead) >= 3, ahead.join());
});

Deno.test("transform() and collate() make batches of samples, random numbers are the sample's own", async () => {
  const run = async (batchSize: number, rank: number, size: number) => {
    await using loader = createLoader(range(40), {
      batchSize,
      world: { rank, size },
      shuffle: "full",
      seed: 9,
      transform: (sample, { random, index, epoch }) => [sample, index, epoch, random(), random()] as const,
      collate: (samples) => samples.map((sample) => sample.join()),
    });
    await epoch(loader);
    return (await epoch(loader)).flat();
  };
  const alone = await run(7, 0, 1);
  const both = [...await run(3, 0, 2), ...await run(3, 1, 2)];
  assertEquals(new Set(both), new Set(alone));
  assertEquals(new Set(alone.map((text) => text.split(",")[3])).size, 40);
});

Deno.test("collate() takes memory of the batch, which goes back with it", async () => {
  const context = createStoreContext();
  await using loader = createLoader(range(12), {
    batchSize: 4,
    context,
    collate: (samples, allocate) => {
      const bytes = allocate(samples.length);
      bytes.set(samples);
      return bytes;
    },
  });
  const seen: Uint8Array[] = [];
  for await (const { data } of loader) {
    assertEquals(data.length, 4);
    assert(context.budget.held >= 4);
    seen.push(data);
  }
  assertEquals(seen.map(({ length }) => length), [0, 0, 0]);
  assertEquals(context.budget.held, 0);
});

Deno.test("batches that do not fit the budget come one at a time, and none waits forever", async () => {
  const store = await numbersStore(
    100,
    new MemoryStore({ context: createStoreContext({ maxBufferedBytes: 100 }) }),
  );
  await using loader = createLoader(numbersDataset(store, 100), { batchSize: 10, pool: { batchesAhead: 8 } });
  let most = 0;
  const rows: number[] = [];
  for await (const { data } of loader) {
    most = Math.max(most, store.context.budget.held);
    rows.push(Number(data.data[0]));
  }
  assertEquals(rows, ascending(10).map((i) => i * 10));
  assert(most <= 320, `${most} bytes were held`);
});

Deno.test("stats() says what was waited for", async () => {
  const clock = new FakeClock();
  const dataset = range(40, async (index) => {
    await Promise.resolve();
    return index;
  });
  await using loader = createLoader(dataset, {
    batchSize: 10,
    context: createStoreContext({ clock }),
    pool: { batchesAhead: 0 },
  });
  for await (const _ of loader) await clock.advance(30);
  const { steps, samples, busyMs, waitMs, busyShare, limit } = loader.stats();
  assertEquals([steps, samples, busyMs, waitMs, busyShare, limit], [4, 40, 90, 0, 1, "consumer"]);
});

Deno.test("a retried range changes nothing", async () => {
  const plain = await numbersStore(100);
  const error = new UnavailableError({ operation: "get", uri: "memory://numbers", detail: "it broke off" });
  const store = injectFaults(plain, [{
    operation: "get",
    nth: 3,
    fault: { kind: "throw", error, after: 7 },
  }]);
  await using loader = createLoader(numbersDataset(store, 100), { batchSize: 25, shuffle: "full", seed: 2 });
  await using sound = createLoader(numbersDataset(plain, 100), { batchSize: 25, shuffle: "full", seed: 2 });
  assertEquals(await epoch(loader), await epoch(sound));
});

Deno.test("more batches are read ahead while the caller waits, up to 64", async () => {
  const ahead: number[] = [];
  let now = 0;
  const clock = Object.assign(new FakeClock(), { monotonicMs: () => now });
  let line = Promise.resolve();
  // One sample after the other, so that each is waited for.
  const dataset = range(200, async (index) => {
    await (line = line.then(() => new Promise((resolve) => setImmediate(resolve))));
    now += 2;
    return index;
  });
  await using loader = createLoader(dataset, { context: createStoreContext({ clock }) });
  for await (const _ of loader) ahead.push(loader.stats().ahead);
  assertEquals(ahead[0], 5);
  assertEquals(Math.max(...ahead), 65);
});

Deno.test("a batch that waits for memory is read once memory is given back, asked for or not", async () => {
  const store = injectFaults(await numbersStore(200), []);
  const options = { batchSize: 10, pool: { batchesAhead: 4, maxBytes: 2 * 160 } };
  await using loader = createLoader(numbersDataset(store, 200), options);
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return store.calls.length;
  };
  for await (const batch of loader) {
    if (batch.step < 3) continue;
    const before = await turns();
    assertEquals(store.context.budget.held, 2 * 160);
    batch[Symbol.dispose]();
    assertEquals(await turns(), before + 1);
    break;
  }
});
