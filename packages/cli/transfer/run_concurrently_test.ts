import { assertEquals, assertRejects } from "@std/assert";
import { runConcurrently } from "./run_concurrently.ts";

async function* numbers(count: number, onEnd = () => {}): AsyncGenerator<number> {
  try {
    for (let i = 0; i < count; i++) yield i;
  } finally {
    onEnd();
  }
}

Deno.test("runConcurrently() works on every item, never on more than the limit at once", async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;
  await runConcurrently(numbers(100), 7, async (item) => {
    most = Math.max(most, ++running);
    for (let turns = item % 5; turns >= 0; turns--) await new Promise((resolve) => setTimeout(resolve, 0));
    running--;
    done.push(item);
  });
  assertEquals([done.length, new Set(done).size, most], [100, 100, 7]);
});

Deno.test("runConcurrently() stops at a failure, waits for what is under way and closes its items", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const log: string[] = [];
  const failure = new Error("broken");
  const run = runConcurrently(numbers(1000, () => log.push("closed")), 3, async (item) => {
    if (item === 1) throw failure;
    if (item === 0) {
      await promise;
      log.push("first done");
    }
    log.push(`item ${item}`);
  });
  queueMicrotask(() => setTimeout(resolve, 0));
  assertEquals(await assertRejects(() => run), failure);
  assertEquals(log.includes("first done") && log.includes("closed"), true);
  assertEquals(log.length < 10, true);
});

Deno.test("runConcurrently() rejects when its items fail, after what is under way", async () => {
  const failure = new Error("list failed");
  const items = async function* () {
    yield 1;
    throw failure;
  };
  let done = 0;
  const run = runConcurrently(items(), 3, async () => {
    await Promise.resolve();
    done++;
  });
  assertEquals([await assertRejects(() => run), done], [failure, 1]);
});
