import { assertEquals } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { readAhead } from "./read_ahead.ts";

const MIB = 2 ** 20;

/** How many reads were begun when each result was in use. */
async function begunAtEach(sizes: readonly number[], maxBufferedBytes?: number): Promise<number[]> {
  const { budget } = createStoreContext(maxBufferedBytes === undefined ? {} : { maxBufferedBytes });
  let begun = 0;
  const at: number[] = [];
  const read = (size: number) => Promise.resolve(size + 0 * begun++);
  for await (const _ of readAhead(sizes, { sizeOf: (size) => size, read, budget })) at.push(begun);
  assertEquals(budget.held, 0);
  return at;
}

Deno.test("readAhead() has 8 small results ahead, and of large ones 64 MiB or one", async () => {
  assertEquals((await begunAtEach(new Array(12).fill(1))).slice(0, 4), [9, 10, 11, 12]);
  assertEquals((await begunAtEach(new Array(6).fill(20 * MIB))).slice(0, 3), [4, 5, 6]);
  assertEquals(await begunAtEach(new Array(4).fill(100 * MIB)), [2, 3, 4, 4]);
});

Deno.test("readAhead() reads one after the other where the budget has room for no more", async () => {
  assertEquals(await begunAtEach([5, 5, 5].map((size) => size * MIB), 8 * MIB), [1, 2, 3]);
  assertEquals(await begunAtEach([20, 20].map((size) => size * MIB), 8 * MIB), [1, 2]);
});
