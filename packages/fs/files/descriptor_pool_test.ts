import { assertEquals, assertRejects } from "@std/assert";
import { DescriptorPool } from "./descriptor_pool.ts";

Deno.test("DescriptorPool.take() opens eight at most, and gives one that is given back to who waits longest", async () => {
  let opened = 0;
  const pool = new DescriptorPool(0, () => Promise.resolve(++opened));
  const taken = await Promise.all(Array.from({ length: 8 }, () => pool.take()));
  assertEquals(taken, [0, 1, 2, 3, 4, 5, 6, 7]);
  const waiting = [pool.take(), pool.take()];
  pool.give(3);
  pool.give(5);
  assertEquals(await Promise.all(waiting), [3, 5]);
  assertEquals([opened, [...pool.all]], [7, taken]);
  pool.give(3);
  assertEquals(await pool.take(), 3, "an idle one is taken before another is opened");
});

Deno.test("DescriptorPool.take() tries again after one that could not be opened", async () => {
  const answers = [new Error("too many files"), 1];
  const pool = new DescriptorPool(0, () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? 2;
  });
  assertEquals(await pool.take(), 0);
  await assertRejects(async () => await pool.take(), Error, "too many files");
  assertEquals(await pool.take(), 1);
  assertEquals([...pool.all], [0, 1]);
});
