import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import type { StreamDataset } from "../datasets/dataset.ts";
import { epoch } from "../testing/range_dataset.ts";
import { allNumbers, numberOf, streamNumbers } from "../testing/stream_numbers.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

/** A context of its own, of which everything is given back when nothing is held. */
const contextOf = (bytes = 2 ** 20) => createStoreContext({ maxBufferedBytes: bytes });

/** Has as many parts, each of so many arrays of so many bytes. */
function arrays(parts: number, count: number, bytes: number, onOpen = () => {}): StreamDataset<Uint8Array> {
  return {
    ...streamNumbers([]),
    parts,
    async *open(_part, from) {
      onOpen();
      for (let record = from; record < count; record++) {
        yield await Promise.resolve(new Uint8Array(bytes).fill(record));
      }
    },
  };
}

Deno.test("a part that breaks off is the error of its batch, after those before it, and the state points at it", async () => {
  const fault = (part: number, record: number) =>
    part === 1 && record === 3 ? new TypeError("the gzip data is cut") : undefined;
  const context = contextOf();
  const options = { batchSize: 4, context };
  await using loader = createLoader(streamNumbers([6, 8, 4], { fault }), options);
  const done: number[] = [];
  const error = await assertRejects(
    async () => {
      for await (const { data } of loader) done.push(...data);
    },
    SampleError,
    'Cannot load sample 10 ("memory://stream/1", record 3): the gzip data is cut',
  );
  assertEquals([error.uri, error.record, error.epoch], ["memory://stream/1", 3, 0]);
  assertEquals(done, allNumbers([6, 2]));
  assertEquals(loader.state().position, 8);
  assertEquals(context.budget.held, 0);
  // It never takes what follows the damage for the end: asked again it fails again.
  await assertRejects(() => epoch(loader), SampleError, "the gzip data is cut");
  // Once it is mended the rest comes.
  await using mended = createLoader(streamNumbers([6, 8, 4]), { ...options, state: loader.state() });
  assertEquals((await epoch(mended)).flat(), allNumbers([6, 8, 4]).slice(8));
});

Deno.test("onError: skip leaves out a part's rest where it breaks off, says so, and has a limit", async () => {
  const fault = (part: number, record: number) => part > 0 && record === 2 ? new TypeError("cut") : undefined;
  const stream = streamNumbers([3, 5, 5, 3], { fault });
  for (const shuffle of [false, { window: 4, lanes: 2 }] as const) {
    await using loader = createLoader(stream, { batchSize: 4, onError: "skip", shuffle });
    const samples: number[] = [];
    const failures: string[] = [];
    for await (const { data, size, skipped } of loader) {
      assertEquals(data.length, size);
      samples.push(...data);
      failures.push(...skipped.map(({ uri, record, rest }) => `${uri} ${record} ${rest}`));
    }
    assertEquals(samples.toSorted((a, b) => a - b), allNumbers([3, 2, 2, 2]));
    assertEquals(failures.sort(), [1, 2, 3].map((part) => `memory://stream/${part} 2 true`));
    assertEquals(loader.stats().skipped, 3);
  }
  await using strict = createLoader(stream, { onError: "skip", maxSkipped: 1 });
  await assertRejects(() => epoch(strict), SampleError, "1 were skipped before it");
});

Deno.test("a stream that was skipped goes on anywhere without skipping again, or moving another sample", async () => {
  const fault = (part: number, record: number) => part % 2 === 1 && record === 5 ? "lost" : undefined;
  const stream = streamNumbers([9, 9, 9, 9, 9], { fault });
  const options = { batchSize: 3, onError: "skip", shuffle: { window: 4, lanes: 2 }, seed: 3 } as const;
  await using loader = createLoader(stream, options);
  const batches: (readonly (number | string)[])[] = [];
  const states = [loader.state()];
  for await (const { data, skipped } of loader) {
    batches.push([...data, ...skipped.map(({ uri }) => uri)]);
    states.push(loader.state());
  }
  for (const [place, state] of states.entries()) {
    await using rest = createLoader(stream, { ...options, state });
    const left: (readonly (number | string)[])[] = [];
    for await (const { data, skipped } of rest) left.push([...data, ...skipped.map(({ uri }) => uri)]);
    assertEquals(left, batches.slice(place));
  }
});

Deno.test("a transform has the same random numbers for a sample, whatever the batches, and its failure is of its sample", async () => {
  const stream = streamNumbers([8, 8]);
  const drawn = async (batchSize: number, samplesInFlight: number) => {
    await using loader = createLoader(stream, {
      batchSize,
      shuffle: { window: 3, lanes: 2 },
      pool: { samplesInFlight },
      transform: async (sample: number, { random, index }) => {
        for (let turn = 0; turn < sample % 5; turn++) await Promise.resolve();
        return `${sample} ${index} ${random()}`;
      },
    });
    return (await epoch(loader)).flat();
  };
  const all = await drawn(3, 1);
  assertEquals(new Set(all).size, 16);
  assertEquals(await drawn(5, 8), all);
  await using failing = createLoader(stream, {
    batchSize: 4,
    transform: (sample: number) => {
      if (sample === numberOf(1, 1)) throw new RangeError("too odd");
      return sample;
    },
  });
  const error = await assertRejects(() => epoch(failing), SampleError, "too odd");
  assertEquals([error.uri, error.record], ["memory://stream/1", 1]);
  assertEquals(failing.state().position, 8);
});

Deno.test("leaving a loop, an abort, a throw and disposing end every part before they go on, and give back all memory", async () => {
  for (const way of ["break", "abort", "throw", "transform", "dispose", "collate"] as const) {
    const open = new Set<number>();
    const context = contextOf();
    const stop = new AbortController();
    const never = (part: number, record: number, signal: AbortSignal) =>
      record < 4 + part
        ? undefined
        : new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const stream = streamNumbers([9, 9, 9, 9, 9, 9], {
      before: never,
      onOpen: (part) => open.add(part),
      onLeave: (part) => open.delete(part),
    });
    const loader = createLoader<number, number>(stream, {
      batchSize: 4,
      shuffle: { window: 2, lanes: 3 },
      context,
      signal: stop.signal,
      transform: (sample) => {
        if (way === "transform") throw new RangeError("no");
        return sample;
      },
      ...(way === "collate" && {
        collate: (_, allocate) => {
          allocate(100);
          throw new TypeError("no shape");
        },
      }),
    });
    let steps = 0;
    const run = async () => {
      for await (const _ of loader) {
        steps++;
        if (way === "break") break;
        if (way === "abort") stop.abort(new Error("enough"));
        if (way === "throw") throw new Error("mine");
        if (way === "dispose") await loader[Symbol.asyncDispose]();
      }
    };
    if (way === "break") await run();
    else await assertRejects(run);
    assertEquals([...open], [], way);
    assertEquals(context.budget.held, 0, way);
    assertEquals(steps, way === "transform" || way === "collate" ? 0 : 1);
    if (way === "break") {
      // Another loop takes the next batch.
      for await (const { step } of loader) {
        assertEquals(step, 1);
        break;
      }
      assertThrows(() => loader.seek({ step: 2 }), RangeError);
    }
    await loader[Symbol.asyncDispose]();
    assertEquals([...open], []);
  }
});

Deno.test("an abort while a sample is waited for ends the loop with its reason", async () => {
  const stop = new AbortController();
  const context = contextOf();
  const stream = streamNumbers([10, 10], {
    before: (_, record, signal) => {
      if (record < 3) return undefined;
      queueMicrotask(() => stop.abort(new Error("enough")));
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    },
  });
  await using loader = createLoader(stream, { batchSize: 4, signal: stop.signal, onError: "skip", context });
  await assertRejects(() => epoch(loader), Error, "enough");
  assertEquals(context.budget.held, 0);
});

Deno.test("an endless stream holds no more than it may, and nothing of it grows", async () => {
  const context = contextOf(4 * 2 ** 20);
  const maxBytes = 2 ** 20;
  for (const shuffle of [false, { window: 16, lanes: 4 }] as const) {
    await using loader = createLoader(arrays(4, Infinity, 4096), {
      batchSize: 8,
      shuffle,
      context,
      pool: { maxBytes },
    });
    let most = 0;
    const ahead = new Set<number>();
    for await (const { step } of loader) {
      most = Math.max(most, context.budget.held);
      ahead.add(loader.stats().ahead);
      if (step === 2000) break;
    }
    // A sample more for each lane, and the step in which the budget is asked.
    assert(most <= maxBytes + 4 * 8192, `${most} bytes were held`);
    assert(most >= maxBytes / 4, `${most} bytes were held`);
    assertEquals(context.budget.held, 0);
  }
});

Deno.test("what is read ahead is bounded by bytes, and what is waited for comes, room or not", async () => {
  const context = contextOf(2 ** 20);
  let opened = 0;
  await using loader = createLoader(arrays(6, 20, 100_000, () => opened++), {
    batchSize: 3,
    context,
    shuffle: { window: 1, lanes: 6 },
    pool: { maxBytes: 1000, batchesAhead: 8 },
  });
  let samples = 0;
  for await (const { data } of loader) {
    samples += data.length;
    assert(context.budget.held <= 7 * 101_000, `${context.budget.held} bytes are held`);
  }
  assertEquals([samples, opened], [120, 6]);
  assertEquals(context.budget.held, 0);
});

Deno.test("windows that do not fit into the byte budget are an error with the numbers", async () => {
  const context = contextOf(2 ** 20);
  await using loader = createLoader(arrays(4, 100, 10_000), {
    batchSize: 3,
    context,
    shuffle: { window: 40, lanes: 4 },
  });
  await assertRejects(
    () => epoch(loader),
    RangeError,
    "windows of 40 samples in 4 lanes: they take more than the 1048576",
  );
  assertEquals(context.budget.held, 0);
});

Deno.test("a stream that ends before the samples that were taken of it is no end", async () => {
  await using loader = createLoader(streamNumbers([30]), { batchSize: 7, shuffle: { window: 10, lanes: 1 } });
  for await (const _ of loader) if (loader.state().position === 28) break;
  const state = loader.state();
  const short = { ...streamNumbers([25]), fingerprint: streamNumbers([30]).fingerprint };
  await using rest = createLoader(short, { batchSize: 7, shuffle: { window: 10, lanes: 1 }, state });
  await assertRejects(() => epoch(rest), TypeError, "28 samples were taken of lane 0, and it has fewer");
});

Deno.test("what was taken of a window before, and is read once more, holds no memory", async () => {
  const context = contextOf();
  const options = { batchSize: 5, context, shuffle: { window: 10, lanes: 2 } };
  await using loader = createLoader(arrays(2, 40, 1000), options);
  for await (const _ of loader) if (loader.state().position === 35) break;
  await using rest = createLoader(arrays(2, 40, 1000), { ...options, state: loader.state() });
  const left = await epoch(rest);
  assertEquals(left.flat().length, 45);
  assertEquals(context.budget.held, 0);
});

Deno.test("only one loop can run at a time, and none of a loader that is disposed", async () => {
  const loader = createLoader(streamNumbers([5]));
  for await (const _ of loader) {
    assertThrows(() => loader[Symbol.asyncIterator](), TypeError, "twice");
    break;
  }
  await loader[Symbol.asyncDispose]();
  assertThrows(() => loader[Symbol.asyncIterator](), TypeError, "disposed");
});
