import { assertEquals, assertRejects } from "@std/assert";
import { Lanes } from "./lanes.ts";

Deno.test("Lanes.take() opens eight at most, and gives one that is given back to who waits longest", async () => {
  let opened = 0;
  const lanes = new Lanes(0, () => Promise.resolve(++opened));
  const taken = await Promise.all(Array.from({ length: 8 }, () => lanes.take()));
  assertEquals(taken, [0, 1, 2, 3, 4, 5, 6, 7]);
  const waiting = [lanes.take(), lanes.take()];
  lanes.give(3);
  lanes.give(5);
  assertEquals(await Promise.all(waiting), [3, 5]);
  assertEquals([opened, [...lanes.all]], [7, taken]);
  lanes.give(3);
  assertEquals(await lanes.take(), 3, "an idle one is taken before another is opened");
});

Deno.test("Lanes.take() tries again after one that could not be opened", async () => {
  const answers = [new Error("too many files"), 1];
  const lanes = new Lanes(0, () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? 2;
  });
  assertEquals(await lanes.take(), 0);
  await assertRejects(async () => await lanes.take(), Error, "too many files");
  assertEquals(await lanes.take(), 1);
  assertEquals([...lanes.all], [0, 1]);
});
