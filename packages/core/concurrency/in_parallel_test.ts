import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { inParallel, parallelResults } from "./in_parallel.ts";

async function* numbers(count: number, onEnd = () => {}): AsyncGenerator<number> {
  try {
    for (let i = 0; i < count; i++) yield i;
  } finally {
    onEnd();
  }
}

async function turns(count: number): Promise<void> {
  for (; count > 0; count--) await Promise.resolve();
}

Deno.test("inParallel() works on every item, never on more than the width at a time", async () => {
  for (const items of [numbers(100), Array.from({ length: 100 }, (_, i) => i)]) {
    const done: number[] = [];
    let [running, most] = [0, 0];
    await inParallel(items, 7, async (item) => {
      most = Math.max(most, ++running);
      await turns(100 + item % 5);
      running--;
      done.push(item);
    });
    assertEquals([done.length, new Set(done).size, most], [100, 100, 7]);
  }
});

Deno.test("inParallel() asks for the width before each item, which it takes only then, and lets one run in any case", async () => {
  let [taken, running, most] = [0, 0, 0];
  const asked: number[] = [];
  const items = function* () {
    for (; taken < 6;) yield taken++;
  };
  await inParallel(items(), (count) => {
    assertEquals(count >= running, true);
    asked.push(taken);
    return taken < 3 ? 3 : 0;
  }, async () => {
    most = Math.max(most, ++running);
    assertEquals(taken >= running, true);
    await turns(3 * taken);
    running--;
  });
  assertEquals([taken, most, asked.slice(0, 3)], [6, 3, [0, 1, 2]]);
});

Deno.test("inParallel() stops at a failure, aborts the other work, waits for it and closes its items", async () => {
  const log: string[] = [];
  const failure = new Error("broken");
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = inParallel(numbers(1000, () => log.push("closed")), 3, async (item, signal) => {
    if (item === 1) throw failure;
    if (item > 1) return;
    signal.addEventListener("abort", () => queueMicrotask(resolve));
    await promise;
    log.push(`aborted by ${signal.reason.message}`);
  });
  assertStrictEquals(await assertRejects(() => run), failure);
  assertEquals(log, ["aborted by broken", "closed"]);
});

Deno.test("inParallel() throws the first failure, also undefined", async () => {
  const failed = inParallel([3, 1, 2], 3, async (item) => {
    await turns(10 * item);
    throw item === 1 ? undefined : item;
  }).then(() => "done", (error) => [error]);
  assertEquals(await failed, [undefined]);
});

Deno.test("inParallel() rejects when its items fail, after what runs", async () => {
  const failure = new Error("list failed");
  const items = async function* () {
    yield 1;
    throw failure;
  };
  let done = 0;
  const run = inParallel(items(), 3, async () => {
    await turns(10);
    done++;
  });
  assertEquals([await assertRejects(() => run), done], [failure, 1]);
});

Deno.test("inParallel() ends with the reason of its signal, which the work gets", async () => {
  const stop = new AbortController();
  let [begun, closed] = [0, false];
  const run = inParallel(numbers(1000, () => closed = true), 2, async (_, signal) => {
    if (++begun === 4) stop.abort("enough");
    await turns(1);
    if (signal.aborted) throw new Error("something else");
  }, stop.signal);
  assertEquals([await run.catch((error) => error), begun, closed], ["enough", 4, true]);
  const none = inParallel([1], 1, () => Promise.resolve(void begun++), AbortSignal.abort("before"));
  assertEquals([await none.catch((error) => error), begun], ["before", 4]);
});

Deno.test("inParallel() does not begin on an item that comes after its signal was aborted", async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  const items = async function* () {
    yield 1;
    stop.abort("enough");
    yield 2;
  };
  const run = inParallel(items(), 3, (item) => Promise.resolve(void begun.push(item)), stop.signal);
  assertEquals([await run.catch((error) => error), begun], ["enough", [1]]);
});

Deno.test("parallelResults() yields in the order in which the work ends, and takes no item unasked", async () => {
  let taken = 0;
  const items = function* () {
    for (const item of [1000, 1, 100, 10]) yield (taken++, item);
  };
  const results = parallelResults(items(), 2, async (item) => (await turns(item), item));
  assertEquals((await results.next()).value, 1);
  await turns(100);
  assertEquals(taken, 2);
  assertEquals(await Array.fromAsync(results), [100, 10, 1000]);
});

Deno.test("parallelResults() yields what ends while its reader is busy", async () => {
  const told: number[] = [];
  for await (const result of parallelResults([1, 2, 3], 3, async (item) => (await turns(item), item))) {
    told.push(result);
    await turns(50);
  }
  assertEquals(told, [1, 2, 3]);
});

Deno.test("parallelResults() keeps no result back for what still runs", async () => {
  const last = Promise.withResolvers<void>();
  const told: number[] = [];
  for await (
    const result of parallelResults([1, 2, 3, 4], 4, async (item) => {
      await (item === 4 ? last.promise : turns(10 * item ** 2));
      return item;
    })
  ) {
    told.push(result);
    await turns(50);
    if (result === 3) last.resolve();
  }
  assertEquals(told, [1, 2, 3, 4]);
});

Deno.test("parallelResults() tells what was done before it throws", async () => {
  const results = parallelResults([1, 2, 3], 3, async (item) => {
    if (item === 1) throw new Error("broken");
    await turns(10);
    return item;
  });
  const told: number[] = [];
  const failure = await assertRejects(async () => {
    for await (const result of results) told.push(result);
  });
  assertEquals([told, (failure as Error).message], [[2, 3], "broken"]);
});

Deno.test("parallelResults() aborts the work and waits for it when its reader leaves", async () => {
  let [closed, ended] = [false, 0];
  const results = parallelResults(numbers(100, () => closed = true), 3, async (item, signal) => {
    if (item > 0) {
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await turns(3);
    } else await turns(100);
    ended++;
    return item;
  });
  for await (const result of results) {
    assertEquals(result, 0);
    break;
  }
  assertEquals([closed, ended], [true, 3]);
});

Deno.test("inParallel() begins more when its width rises, before anything ends, and listens no longer than it runs", async () => {
  let most = 2;
  const listeners = new Set<() => void>();
  const onRise = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const begun: number[] = [];
  const gate = Promise.withResolvers<void>();
  const working = inParallel([0, 1, 2, 3, 4], { most: () => most, onRise }, async (item) => {
    begun.push(item);
    await gate.promise;
  });
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(begun, [0, 1]);
  most = 4;
  for (const listener of listeners) listener();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([begun, listeners.size], [[0, 1, 2, 3], 1]);
  gate.resolve();
  await working;
  assertEquals([begun.length, listeners.size], [5, 0]);
});
