import { assertEquals, assertRejects } from "@std/assert";
import { ByteBudget } from "@lade/core/backend";
import type { SampleGroup } from "../datasets/dataset.ts";
import { groupStarts } from "../datasets/group_starts.ts";
import { GroupCache } from "./group_cache.ts";

/** A cache of four groups of three samples and one of a single one, each of 100 bytes as far as is known. */
function cacheOf({ limit = 1000, capacity = 1000, real = 100 } = {}) {
  const budget = new ByteBudget(capacity);
  const stop = new AbortController();
  const opened: number[] = [];
  const state = { fails: false, gate: Promise.resolve() };
  const starts = groupStarts([3, 3, 3, 3, 1]);
  const open = async (group: number): Promise<SampleGroup<number>> => {
    opened.push(group);
    await state.gate;
    stop.signal.throwIfAborted();
    if (state.fails) throw new TypeError("it broke off");
    return { bytes: real, get: (index) => index };
  };
  const groups = { ...starts, sizeOf: () => 100, open };
  const cache = new GroupCache<number>({ groups, budget, limit, open, signal: stop.signal });
  const read = async (group: number) => {
    let sample = -1;
    await cache.with(group, (opened) => sample = opened.get(starts.startOf(group)));
    return sample;
  };
  return { cache, budget, opened, state, stop, read };
}

Deno.test("GroupCache: a group is opened once for all who want it at the time, and held", async () => {
  const { cache, budget, opened, read } = cacheOf();
  assertEquals(await Promise.all([read(1), read(1), read(2)]), [3, 3, 6]);
  assertEquals(await read(1), 3);
  assertEquals(opened, [1, 2]);
  assertEquals(budget.held, 200);
  cache.clear();
  assertEquals(budget.held, 0);
  assertEquals(await read(1), 3);
  assertEquals(opened, [1, 2, 1]);
});

Deno.test("GroupCache: the group that was not used for the longest time goes where there is no room", async () => {
  const { budget, opened, read } = cacheOf({ limit: 250 });
  for (const group of [0, 1, 0, 2, 0, 1]) await read(group);
  assertEquals(opened, [0, 1, 2, 1]);
  assertEquals(budget.held, 200);
});

Deno.test("GroupCache: who finds no room waits for those in use, and one group is always held", async () => {
  const { budget, opened, state, read } = cacheOf({ limit: 150 });
  const { promise, resolve } = Promise.withResolvers<void>();
  state.gate = promise;
  const all = Promise.all([read(0), read(1), read(2)]);
  await Promise.resolve();
  assertEquals([opened, budget.held], [[0], 100]);
  resolve();
  assertEquals(await all, [0, 3, 6]);
  assertEquals([opened, budget.held], [[0, 1, 2], 100]);
  const { budget: small, read: readLarge } = cacheOf({ limit: 10, capacity: 10 });
  assertEquals(await readLarge(0), 0);
  assertEquals(await readLarge(1), 3);
  assertEquals(small.held, 100);
});

Deno.test("GroupCache: what others hold of the budget leaves a single group", async () => {
  const { budget, read } = cacheOf({ capacity: 250 });
  using _ = budget.overdraw(240);
  assertEquals(await Promise.all([read(0), read(1)]), [0, 3]);
  assertEquals(budget.held, 340);
});

Deno.test("GroupCache: a group counts what it takes once it is open", async () => {
  const { cache, budget, read } = cacheOf({ real: 130 });
  await read(0);
  assertEquals(budget.held, 130);
  cache.clear();
  assertEquals(budget.held, 0);
});

Deno.test("GroupCache: a group that could not be opened holds nothing, and is opened anew", async () => {
  const { budget, opened, state, read } = cacheOf();
  state.fails = true;
  const both = await Promise.allSettled([read(0), read(0)]);
  assertEquals(both.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(budget.held, 0);
  state.fails = false;
  assertEquals(await read(0), 0);
  assertEquals(opened, [0, 0]);
});

Deno.test("GroupCache: a group of one sample is not held", async () => {
  const { budget, opened, read } = cacheOf();
  assertEquals([await read(4), await read(4)], [12, 12]);
  assertEquals([opened, budget.held], [[4, 4], 0]);
});

Deno.test("GroupCache: an abort ends those that wait for room", async () => {
  const { cache, budget, state, stop, read } = cacheOf({ limit: 100 });
  const { promise, resolve } = Promise.withResolvers<void>();
  state.gate = promise;
  const both = [read(0), read(1)].map((reading) => assertRejects(() => reading, DOMException));
  await Promise.resolve();
  stop.abort();
  resolve();
  await Promise.all(both);
  cache.clear();
  assertEquals(budget.held, 0);
});
