import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { type GetOptions, type GetResult, MemoryStore, type ObjectStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand, type ReadyBytes } from "@lade/core/seams";
import type { MapDataset } from "../datasets/dataset.ts";
import { filesDataset } from "../datasets/files_dataset.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";
import { ascending, epoch, range } from "../testing/range_dataset.ts";

Deno.test("a sample that cannot be had is the error of its batch, after those before it, and the state points at it", async () => {
  const store = await numbersStore(100);
  await store.delete("n/00004");
  await using loader = createLoader(numbersDataset(store, 100), { batchSize: 16 });
  const steps: number[] = [];
  const error = await assertRejects(async () => {
    for await (const { step } of loader) steps.push(step);
  }, SampleError);
  assertEquals(steps, [0, 1]);
  assertEquals([error.index, error.position, error.epoch, error.record, error.offset], [40, 40, 0, 0, 0]);
  assert(error.cause instanceof NotFoundError);
  assertStringIncludes(
    error.message,
    'Cannot load sample 40 ("memory://numbers/n/00004", record 0 at byte 0): ',
  );
  assertEquals(loader.state().position, 32);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("onError: skip leaves a hole, counts it, and has a limit", async () => {
  const store = await numbersStore(100);
  await store.delete("n/00004");
  await using loader = createLoader(numbersDataset(store, 100), { batchSize: 16, onError: "skip" });
  const rows: number[] = [];
  const sizes: number[] = [];
  for await (const { data, size, skipped } of loader) {
    sizes.push(size);
    assertEquals(data.shape[0], size);
    assertEquals(size + skipped.length, sizes.length === 7 ? 4 : 16);
    for (let row = 0; row < data.data.length; row += 4) rows.push(Number(data.data[row]));
  }
  assertEquals(rows, ascending(100).filter((row) => row < 40 || row >= 50));
  assertEquals(loader.stats().skipped, 10);
  await using strict = createLoader(numbersDataset(store, 100), {
    batchSize: 16,
    onError: "skip",
    maxSkipped: 9,
  });
  await assertRejects(() => epoch(strict), SampleError, "9 were skipped before it");
  await using some = createLoader(numbersDataset(store, 100), {
    batchSize: 16,
    onError: ({ index }) => index === 45 ? "fail" : "skip",
  });
  const error = await assertRejects(() => epoch(some), SampleError);
  assertEquals(error.index, 45);
});

Deno.test("a transform that throws is an error like any other", async () => {
  await using loader = createLoader(range(10), {
    batchSize: 2,
    transform: (sample) => {
      if (sample === 5) throw new RangeError("too odd");
      return sample;
    },
  });
  const error = await assertRejects(
    () => epoch(loader),
    SampleError,
    'sample 5 ("memory://range/"): too odd',
  );
  assert(error.cause instanceof RangeError);
  assertEquals(loader.state().position, 4);
});

Deno.test("leaving a loop ends every read before it goes on, and another loop takes the next batch", async () => {
  let running = 0;
  const dataset: MapDataset<number> = {
    ...range(1000),
    async get(index, { signal }) {
      running++;
      try {
        if (index >= 20) {
          await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
        }
        return index;
      } finally {
        running--;
      }
    },
  };
  await using loader = createLoader(dataset, { batchSize: 10 });
  for await (const { data } of loader) {
    assertEquals(data[0], 0);
    break;
  }
  assertEquals(running, 0);
  for await (const { data } of loader) {
    assertEquals(data[0], 10);
    break;
  }
  assertEquals(running, 0);
});

Deno.test("leaving a loop waits for every sample, also where one ends at once and others at their own pace", async () => {
  let running = 0;
  const dataset: MapDataset<number> = {
    ...range(1000),
    async get(index, { signal }) {
      running++;
      try {
        if (index < 10) return index;
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        for (let turn = 0; turn < index % 2 * 1000; turn++) await Promise.resolve();
        throw signal.reason;
      } finally {
        running--;
      }
    },
  };
  await using loader = createLoader(dataset, { batchSize: 10 });
  for await (const _ of loader) break;
  assertEquals(running, 0);
});

Deno.test("a transformation that sees the abort ends before the loop does, and its failure is nobody's", async () => {
  await using store = new SomeNotAtHand("n/00002");
  await numbersStore(40, store);
  const stop = new AbortController();
  let running = 0;
  await using loader = createLoader(await filesDataset(store, "n/"), {
    batchSize: 4,
    signal: stop.signal,
    transform: async (_, { index, signal }) => {
      running++;
      if (index === 0) store.asked.then(() => stop.abort(new Error("enough")));
      try {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        for (let turn = 0; turn < 50; turn++) await Promise.resolve();
        signal.throwIfAborted();
      } finally {
        running--;
      }
    },
  });
  await assertRejects(() => epoch(loader), Error, "enough");
  assertEquals(running, 0);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("an abort ends the loop with its reason, with everything given back", async () => {
  const store = await numbersStore(200);
  const stop = new AbortController();
  await using loader = createLoader(numbersDataset(store, 200), { batchSize: 10, signal: stop.signal });
  const reason = new Error("enough");
  const error = await assertRejects(async () => {
    for await (const { step } of loader) if (step === 2) stop.abort(reason);
  });
  assertEquals(error, reason);
  assertEquals(loader.state().position, 30);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("an abort while a batch is read is the end of the loop, and no batch with holes", async () => {
  for (const shuffle of [false, { block: 10, window: 2, lanes: 2 }] as const) {
    const stop = new AbortController();
    const reason = new Error("enough");
    const plain = await numbersStore(100);
    const store = new AbortingStore(plain, 3, () => stop.abort(reason));
    await using loader = createLoader(numbersDataset(store, 100), {
      batchSize: 20,
      signal: stop.signal,
      shuffle,
      onError: "skip",
      pool: { batchesAhead: 0 },
    });
    const sizes: number[] = [];
    const error = await assertRejects(async () => {
      for await (const { size, skipped } of loader) sizes.push(size, skipped.length);
    });
    assertEquals(error, reason);
    assertEquals(sizes, shuffle ? [] : [20, 0]);
    assertEquals(plain.context.budget.held, 0);
  }
  // What has no plan is asked for sample by sample.
  const stop = new AbortController();
  const dataset = range(10, async (index) => {
    await Promise.resolve();
    if (index === 3) stop.abort(new Error("enough"));
    stop.signal.throwIfAborted();
    return index;
  });
  await using loader = createLoader(dataset, { batchSize: 5, signal: stop.signal, onError: "skip" });
  await assertRejects(() => epoch(loader), Error, "enough");
});

/** Is aborted in its `nth` read. */
class AbortingStore extends ForwardingStore {
  #left: number;
  readonly #abort: () => void;

  constructor(inner: ObjectStore, nth: number, abort: () => void) {
    super(inner);
    this.#left = nth;
    this.#abort = abort;
  }

  override [bytesAtHand](): undefined {}

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    if (--this.#left === 0) this.#abort();
    options.signal?.throwIfAborted();
    return await super.get(key, options);
  }
}

Deno.test("an object that is shorter than the data set says is an error of its samples, never other bytes", async () => {
  for (const atHand of [true, false]) {
    const plain = await numbersStore(20);
    const store = atHand ? plain : new AbortingStore(plain, -1, () => {});
    // Half a row is left, and of the memory the other half is not to be seen.
    await plain.put("n/00001", new Uint8Array(Int32Array.of(10, 10, 10, 10, 11, 11).buffer));
    await using loader = createLoader(numbersDataset(store, 20), { batchSize: 1, onError: "skip" });
    const rows: number[] = [];
    const lost: number[] = [];
    for await (const { data, skipped } of loader) {
      rows.push(...Array.from(data.data.subarray(0, 1), Number));
      lost.push(...skipped.map(({ index }) => index));
    }
    assertEquals(rows, ascending(11));
    assertEquals(lost, ascending(20).slice(11));
  }
});

Deno.test("a collation that fails gives its memory back, and a batch that was given back cannot be kept", async () => {
  const context = createStoreContext();
  await using failing = createLoader(range(10), {
    batchSize: 5,
    context,
    collate: (_samples, allocate) => {
      allocate(100);
      throw new TypeError("no shape");
    },
  });
  await assertRejects(() => epoch(failing), TypeError, "no shape");
  assertEquals(context.budget.held, 0);
  await using loader = createLoader(range(10), { batchSize: 5, context });
  for await (const batch of loader) {
    batch[Symbol.dispose]();
    batch[Symbol.dispose]();
    assertThrows(() => batch.keep(), TypeError, "was given back");
  }
});

Deno.test("disposing a loader ends a loop that waits", async () => {
  const never: MapDataset<number> = {
    ...range(10),
    get: (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  };
  const loader = createLoader(never, { batchSize: 2 });
  const waiting = assertRejects(() => epoch(loader), DOMException, "disposed");
  await Promise.resolve();
  await loader[Symbol.asyncDispose]();
  await waiting;
  assertThrows(() => loader[Symbol.asyncIterator](), TypeError, "disposed");
});

Deno.test("only one loop can run at a time, and no seek during it", async () => {
  await using loader = createLoader(range(10), { batchSize: 2 });
  for await (const _ of loader) {
    assertThrows(() => loader[Symbol.asyncIterator](), TypeError, "twice");
    assertThrows(() => loader.seek({ epoch: 0 }), TypeError, "leave it");
    break;
  }
});

Deno.test("seek() goes to an epoch and a step, as if it had been reached", async () => {
  const options = { batchSize: 3, shuffle: "full", seed: 4 } as const;
  await using loader = createLoader(range(10), options);
  await epoch(loader);
  const second = await epoch(loader);
  loader.seek({ epoch: 1, step: 2 });
  assertEquals(await epoch(loader), second.slice(2));
  for (const to of [{ epoch: -1 }, { step: 5 }, { step: 0.5 }]) {
    assertThrows(() => loader.seek(to), RangeError);
  }
});

/** Has all objects at hand but one, which never comes. */
class SomeNotAtHand extends MemoryStore {
  readonly #key: string;
  readonly #asked = Promise.withResolvers<void>();
  /** Resolves when that one is asked for. */
  readonly asked = this.#asked.promise;

  constructor(key: string) {
    super();
    this.#key = key;
  }

  override [bytesAtHand](
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options?: GetOptions,
  ): ReadyBytes | undefined {
    return key === this.#key ? undefined : super[bytesAtHand](key, allocate, options);
  }

  override get(key: string, options: GetOptions = {}): Promise<GetResult> {
    if (key !== this.#key) return super.get(key, options);
    this.#asked.resolve();
    const { signal } = options;
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }
}

Deno.test("maxSkipped counts anew in each epoch", async () => {
  const store = await numbersStore(100);
  await store.delete("n/00004");
  const options = { batchSize: 16, onError: "skip", maxSkipped: 10 } as const;
  await using loader = createLoader(numbersDataset(store, 100), options);
  for (const skipped of [10, 20, 30]) {
    await epoch(loader);
    assertEquals(loader.stats().skipped, skipped);
  }
});

Deno.test("an object with another size is an error, of one range of it and of several, where no tag tells", async () => {
  const store = new MemoryStore();
  await store.put("k", new Uint8Array(24));
  for (const ranges of [1, 2]) {
    const dataset: MapDataset<number> = {
      ...range(8),
      plan: (indices) => ({
        reads: indices.flatMap((_, place) =>
          ascending(ranges).map((part) => ({ store, key: "k", size: 20, offset: 4 * part, length: 2, place }))
        ),
        decode: (_place, bytes) => bytes.length,
      }),
    };
    for (const batchSize of [1, 4]) {
      await using loader = createLoader(dataset, { batchSize });
      await assertRejects(() => epoch(loader), SampleError, "it has 24 bytes, and the data set says 20");
    }
  }
  assertEquals(store.context.budget.held, 0);
});
