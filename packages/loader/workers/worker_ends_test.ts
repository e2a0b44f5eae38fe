import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Clock, createStoreContext, systemClock } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { moduleOf } from "../testing/module_of.ts";
import { ascending, epoch, range, samplesOf } from "../testing/range_dataset.ts";

/** Time that does not pass while it is waited for. */
const patientClock: Clock = {
  ...systemClock,
  sleep: (_, signal) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
};

const LEAVES: readonly [string, string][] = [
  ["(await import('node:process')).exit(4)", "the worker ended"],
  ["self.close()", "close() was called in it"],
  ["Deno.exit(3)", "Deno.exit(3) was called in it"],
  ["setTimeout(() => { throw new RangeError('late') }); await new Promise(() => {})", "late"],
  ["Promise.reject(new RangeError('nobody')); await new Promise(() => {})", "nobody"],
];

for (const [how, words] of LEAVES) {
  Deno.test(`a worker that ends by ${how.slice(0, 24)} is replaced, and the sample that ends it twice fails at its batch`, async () => {
    const transform = moduleOf(`export default async (n) => { if (n === 5) { ${how} } return n; }`);
    await using loader = createLoader(range(12), {
      batchSize: 2,
      transform: { module: transform },
      pool: { workers: 2 },
      onError: "skip",
    });
    const batches: (readonly number[])[] = [];
    let cause: unknown;
    for await (const { data, skipped } of loader) {
      batches.push(data);
      for (const failure of skipped) cause = failure.cause;
    }
    assertEquals(batches, [[0, 1], [2, 3], [4], [6, 7], [8, 9], [10, 11]]);
    assert(cause instanceof Error);
    assertStringIncludes(cause.message, words);
    assertEquals(loader.stats().workersLost, 2);
    await using failing = createLoader(range(12), {
      batchSize: 2,
      transform: { module: transform },
      pool: { workers: 2 },
    });
    const error = await assertRejects(() => epoch(failing), SampleError, "the worker ended");
    assertEquals([error.index, failing.state().position], [5, 4]);
  });
}

Deno.test("a worker that is lost once has its samples done by another one, from memory that was moved, too", async () => {
  // What both workers see: the first one that comes to sample 3 ends.
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const dataset = samplesOf(8, (index) => ({ gate, index, bytes: new Uint8Array(100).fill(index) }));
  const transform = moduleOf(
    "export default ({ gate, index, bytes }) => { if (index === 3 && Atomics.add(gate, 0, 1) === 0) self.close(); return bytes; }",
  );
  await using loader = createLoader<{ gate: Int32Array; index: number; bytes: Uint8Array }, Uint8Array>(
    dataset,
    {
      batchSize: 4,
      transform: { module: transform },
      pool: { workers: 1 },
    },
  );
  const seen: number[] = [];
  for await (const { data } of loader) {
    seen.push(...data.map((bytes) => bytes.length === 100 ? bytes[0] ?? -1 : -1));
  }
  assertEquals(seen, ascending(8));
  assertEquals(gate[0], 2);
  assertEquals(loader.stats().workersLost, 1);
});

Deno.test("a collation whose worker is lost once is done by another one, and one that ends both is an error", async () => {
  for (const losses of [1, 2]) {
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const dataset = samplesOf(8, (index) => ({ gate, bytes: new Uint8Array(100).fill(index) }));
    const same = moduleOf("export default (sample) => sample");
    const collate = moduleOf(
      `export default (samples) => { const [{ gate, bytes }] = samples; \
if (bytes[0] === 2 && Atomics.add(gate, 0, 1) < ${losses}) self.close(); return samples.map(({ bytes }) => bytes[99]); }`,
    );
    const context = createStoreContext();
    await using loader = createLoader<{ gate: Int32Array; bytes: Uint8Array }, unknown, number[]>(dataset, {
      batchSize: 2,
      transform: { module: same },
      collate: { module: collate },
      pool: { workers: 2 },
      context,
    });
    const seen: number[] = [];
    const go = async () => {
      for await (const { data } of loader) seen.push(...data);
    };
    if (losses === 1) await go();
    else await assertRejects(go, Error, "the worker ended: close() was called in it");
    assertEquals(seen, losses === 1 ? ascending(8) : [0, 1]);
    assertEquals([gate[0], context.budget.held], [2, 0]);
  }
});

Deno.test("a slow sample holds up its own batch, and no other", async () => {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const dataset = samplesOf(12, (index) => ({ gate, index }));
  // Sample 2, of the second batch, waits until it is let through; the others are counted.
  const transform = moduleOf(
    "export default ({ gate, index }) => { if (index === 2) Atomics.wait(gate, 0, 0); Atomics.add(gate, 1, 1); \
Atomics.notify(gate, 1); return index; }",
  );
  await using loader = createLoader<{ gate: Int32Array; index: number }, number>(dataset, {
    batchSize: 2,
    transform: { module: transform },
    pool: { workers: 2, batchesAhead: 5 },
  });
  const loop = loader[Symbol.asyncIterator]();
  const first = await loop.next();
  assertEquals(first.value?.data, [0, 1]);
  // All but the slow one, and the one that waits behind it in the same worker.
  while (true) {
    const done = Atomics.load(gate, 1);
    if (done >= 10) break;
    const waits = Atomics.waitAsync(gate, 1, done);
    if (waits.async) await waits.value;
  }
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  const rest: number[] = [];
  for (let next = await loop.next(); !next.done; next = await loop.next()) rest.push(...next.value.data);
  assertEquals(rest, ascending(12).slice(2));
});

const ENDS: Record<string, (loader: Loader, stop: AbortController) => Promise<void>> = {
  break: async (loader) => {
    for await (const _ of loader) break;
  },
  throw: async (loader) => {
    await assertRejects(async () => {
      for await (const _ of loader) throw new RangeError("mine");
    }, RangeError);
  },
  abort: async (loader, stop) => {
    await assertRejects(
      async () => {
        for await (const _ of loader) stop.abort(new Error("enough"));
      },
      Error,
      "enough",
    );
  },
  dispose: async (loader) => {
    const loop = loader[Symbol.asyncIterator]();
    await loop.next();
    await loader[Symbol.asyncDispose]();
  },
};
type Loader = ReturnType<typeof createLoader<Gated, number>>;
interface Gated {
  readonly gate: Int32Array;
  readonly index: number;
}

for (const [name, end] of Object.entries(ENDS)) {
  for (
    const body of [
      "new Promise((r) => signal.addEventListener('abort', () => { Atomics.add(gate, 1, 1); r(0); }))",
      "new Promise(() => {})",
    ]
  ) {
    const sees = body.includes("abort");
    Deno.test(`${name} in the middle of a load ends all workers, where the transformation ${sees ? "sees it" : "ignores it"}`, async () => {
      const gate = new Int32Array(new SharedArrayBuffer(8));
      const dataset = samplesOf(40, (index) => ({ gate, index }));
      const transform = moduleOf(
        `export default ({ gate, index }, { signal }) => index < 2 ? index : (Atomics.add(gate, 0, 1), ${body})`,
      );
      const stop = new AbortController();
      const options: LoaderOptions<Gated, number> = {
        batchSize: 2,
        signal: stop.signal,
        transform: { module: transform },
        pool: { workers: 2 },
        // However long it takes a busy machine to get there, what sees it is waited for.
        ...(sees && { context: { ...createStoreContext(), clock: patientClock } }),
      };
      await using loader = createLoader<Gated, number>(dataset, options);
      await end(loader, stop);
      assertEquals(loader.stats().workers, 0);
      if (sees) assertEquals(gate[1], gate[0]);
    });
  }
}

Deno.test("samples that come while a loop is left start no worker again", async () => {
  const transform = { module: moduleOf("export default (n) => n") };
  for (const name of Object.keys(ENDS)) {
    const stop = new AbortController();
    const dataset: MapDataset<Gated> = {
      ...samplesOf(40, (index) => ({ gate: new Int32Array(1), index })),
      // What is read ahead comes with the end of the loop.
      get: (index, { signal }) =>
        new Promise((give) => {
          const come = () => give({ gate: new Int32Array(1), index });
          if (index < 2 || signal.aborted) come();
          else signal.addEventListener("abort", come);
        }),
    };
    await using loader = createLoader<Gated, number>(dataset, {
      batchSize: 2,
      signal: stop.signal,
      transform,
      pool: { workers: 2, batchesAhead: 4 },
    });
    await ENDS[name]?.(loader, stop);
    assertEquals(loader.stats().workers, 0, name);
  }
});

Deno.test("workers are used again by the next epoch, started anew after a break, and ended with the last epoch", async () => {
  const transform = moduleOf("let made = 0; export default () => ++made");
  const options = {
    batchSize: 4,
    transform: { module: transform },
    pool: { workers: 1 },
    epochs: 3,
  } as const;
  await using loader = createLoader(range(8), options);
  assertEquals(await epoch(loader), [[1, 2, 3, 4], [5, 6, 7, 8]]);
  assertEquals(loader.stats().workers, 1);
  for await (const { data } of loader) {
    assertEquals(data, [9, 10, 11, 12]);
    break;
  }
  assertEquals(loader.stats().workers, 0);
  assertEquals(await epoch(loader), [[1, 2, 3, 4]]);
  assertEquals((await epoch(loader)).length, 2);
  assertEquals(loader.stats().workers, 0);
});

Deno.test("what a module posts, hears and gives as a worker of its own is not taken for the loader's", async () => {
  const transform = moduleOf(`
    let heard = 0;
    self.onmessage = () => heard++;
    self.addEventListener("message", () => heard++);
    const said = [null, undefined, 1, { type: "gone", how: "it said so" }, { type: "made", id: 0, value: -1, moved: [], bytes: 0, ms: 0 }];
    export default (n) => {
      for (const words of said) self.postMessage?.(words);
      return { then: (give) => give([n, heard]) };
    };`);
  for (const workers of [0, 2]) {
    await using loader = createLoader(range(6), {
      batchSize: 2,
      transform: { module: transform },
      pool: { workers },
    });
    assertEquals((await epoch(loader) as unknown[]).flat(), [0, 1, 2, 3, 4, 5].map((n) => [n, 0]));
    assertEquals(loader.stats().workersLost, 0);
  }
});
