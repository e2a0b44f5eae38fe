import { assertEquals } from "@std/assert";
import { inOrder } from "./in_order.ts";

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i;
}

Deno.test("inOrder() yields in the order of the items, whatever ends first, and keeps to the width", async () => {
  for (const [count, width] of [[0, 1], [1, 1], [50, 1], [50, 7], [10_000, 5]] as const) {
    let [running, most] = [0, 0];
    const work = (i: number) => {
      if (i % 3 === 0) return i;
      most = Math.max(most, ++running);
      return (async () => {
        for (let turn = i * 7 % 5; turn > 0; turn--) await undefined;
        running--;
        return i;
      })();
    };
    const found = await Array.fromAsync(inOrder(numbers(count), () => width, work));
    assertEquals(found, Array.from({ length: count }, (_, i) => i));
    assertEquals(most <= width, true, `${most} of ${width}`);
  }
});

Deno.test("inOrder() goes on past one that takes long, and no further than it may", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  let taken = 0;
  const results = inOrder(numbers(100_000), () => 2, (i) => {
    taken++;
    return i === 0 ? promise : i;
  });
  const first = results.next();
  for (let turn = 0; turn < 100_000; turn++) await undefined;
  assertEquals(taken, 4096);
  resolve(0);
  assertEquals(await first, { done: false, value: 0 });
  assertEquals((await Array.fromAsync(results)).length, 99_999);
});

Deno.test("inOrder() waits for what was begun when it is left or its items fail", async () => {
  let running = 0;
  const work = async (i: number) => {
    running++;
    await undefined;
    running--;
    return i;
  };
  for await (const _ of inOrder(numbers(9), () => 4, work)) break;
  assertEquals(running, 0);
  const failing = async function* () {
    yield* numbers(3);
    throw new Error("no more");
  };
  const seen: unknown[] = [];
  try {
    for await (const one of inOrder(failing(), () => 2, work)) seen.push(one);
  } catch (error) {
    seen.push((error as Error).message);
  }
  assertEquals(seen.at(-1), "no more");
  assertEquals(running, 0);
});
