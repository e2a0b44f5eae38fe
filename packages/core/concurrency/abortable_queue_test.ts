import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AbortableQueue } from "./abortable_queue.ts";

Deno.test("AbortableQueue gives in the order of the waiting, and tells whether anybody waited", async () => {
  const queue = new AbortableQueue<string>();
  assertEquals(queue.give("nobody"), false);
  const waits = [queue.wait(), queue.wait(undefined, new AbortController().signal), queue.wait()];
  assertEquals(queue.length, 3);
  assertEquals([queue.give("a"), queue.give("b"), queue.give("c"), queue.give("d")], [
    true,
    true,
    true,
    false,
  ]);
  assertEquals(await Promise.all(waits), ["a", "b", "c"]);
});

Deno.test("AbortableQueue passes over who gave up, and says so after they left", async () => {
  const reasons: unknown[] = [];
  const queue: AbortableQueue<string> = new AbortableQueue((reason) => reasons.push([reason, queue.length]));
  const [first, second] = [new AbortController(), new AbortController()];
  const waits = [queue.wait(undefined, first.signal), queue.wait(undefined, second.signal), queue.wait()];
  second.abort("stop");
  assertEquals(reasons, [["stop", 2]]);
  assertStrictEquals(await waits[1]?.catch((reason) => reason), "stop");
  queue.give("a");
  queue.give("b");
  assertEquals([await waits[0], await waits[2]], ["a", "b"]);
  first.abort("too late");
  assertEquals([reasons.length, queue.length], [1, 0]);
  assertStrictEquals(
    await queue.wait(undefined, AbortSignal.abort("before")).catch((reason) => reason),
    "before",
  );
  assertEquals(queue.length, 0);
});

Deno.test("AbortableQueue gives to the first that it suits", async () => {
  const queue = new AbortableQueue<string, number>();
  const waits = [queue.wait(1), queue.wait(2), queue.wait(2)];
  assertEquals(queue.first, 1);
  assertEquals(queue.give("none", (wanted) => wanted > 2), false);
  assertEquals(queue.give("two", (wanted) => wanted === 2), true);
  assertEquals(await waits[1], "two");
  queue.give("one");
  queue.give("last");
  assertEquals([await waits[0], await waits[2], queue.first], ["one", "last", undefined]);
});

Deno.test("AbortableQueue refuses the first ones, or all", async () => {
  const queue = new AbortableQueue();
  const { signal } = new AbortController();
  const waits = [queue.wait(undefined, signal), queue.wait(), queue.wait(undefined, signal)];
  queue.refuse(new Error("one"), 1);
  await assertRejects(() => waits[0] ?? Promise.resolve(), Error, "one");
  assertEquals(queue.length, 2);
  queue.refuse(new Error("all"));
  await Promise.all(waits.slice(1).map((wait) => assertRejects(() => wait, Error, "all")));
  assertEquals(queue.length, 0);
});

Deno.test("AbortableQueue tells what each wants by its place", async () => {
  const queue = new AbortableQueue<string, number>();
  const waits = [queue.wait(7), queue.wait(8)];
  assertEquals([queue.first, queue.at(0), queue.at(1), queue.at(2)], [7, 7, 8, undefined]);
  queue.give("a", (wanted) => wanted === 8);
  assertEquals([queue.at(0), queue.at(1), await waits[1]], [7, undefined, "a"]);
  queue.give("b");
  await waits[0];
});
