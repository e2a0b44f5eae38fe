import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { MemoryStore } from "@lade/core";
import type { MapDataset } from "../datasets/dataset.ts";
import { range } from "../testing/range_dataset.ts";
import { BatchMemory } from "./batch_memory.ts";
import { BlockCache } from "./block_cache.ts";

/** A cache over 12 records, of which each has as many bytes as its number and one more, all of them its number. */
function cacheOf(capacity: number) {
  const store = new MemoryStore();
  const { budget } = createStoreContext();
  const memory = new BatchMemory(budget, 2 ** 20);
  const asked: number[] = [];
  const state = { fails: false };
  const dataset: MapDataset<number> = {
    ...range(11),
    plan: (indices) => {
      asked.push((indices[0] ?? 0) / 3);
      return {
        reads: indices.map((offset, place) => ({ store, key: "k", offset, length: offset + 1, place })),
        decode: (place) => indices[place] ?? 0,
      };
    },
  };
  const cache = new BlockCache({
    dataset,
    records: 3,
    capacity,
    take: (bytes) => memory.take(bytes),
    read: async ({ reads }, bytes) => {
      await Promise.resolve();
      if (state.fails) throw new TypeError("it broke off");
      let at = 0;
      for (const { offset, length } of reads) bytes.fill(offset, at, at += length);
    },
  });
  const lengthsIn = async (block: number, records: readonly number[]) => {
    let lengths: number[] = [];
    await cache.with(block, (bytesOf) => {
      lengths = records.map((record) => {
        const bytes = bytesOf(record);
        return bytes.every((byte) => byte === record) ? bytes.length : -1;
      });
    });
    return lengths;
  };
  return { cache, budget, asked, state, lengthsIn };
}

Deno.test("BlockCache: records are those of their block, the last one being short", async () => {
  const { cache, asked, budget, lengthsIn } = cacheOf(2);
  assertEquals(await lengthsIn(1, [3, 4, 5]), [4, 5, 6]);
  assertEquals(await lengthsIn(3, [10, 9]), [11, 10]);
  assertEquals(await lengthsIn(1, [5, 3]), [6, 4]);
  assertEquals(asked, [1, 3]);
  assertEquals(budget.held, 4 + 5 + 6 + 10 + 11);
  await cache.clear();
  assertEquals(budget.held, 0);
  assertEquals(await lengthsIn(1, [4]), [5]);
  assertEquals(asked, [1, 3, 1]);
});

Deno.test("BlockCache: the block that was not used for the longest time goes, and its memory with it", async () => {
  const { asked, budget, lengthsIn } = cacheOf(2);
  await lengthsIn(0, [0]);
  await lengthsIn(1, [3]);
  await lengthsIn(0, [1]);
  await lengthsIn(2, [6]);
  assertEquals(budget.held, 6 + 24);
  await lengthsIn(0, [2]);
  assertEquals(asked, [0, 1, 2]);
  await lengthsIn(1, [5]);
  assertEquals(asked, [0, 1, 2, 1]);
  assertEquals(budget.held, 6 + 15);
});

Deno.test("BlockCache: a block that could not be read holds nothing, and is read anew", async () => {
  const { state, asked, budget, lengthsIn } = cacheOf(2);
  state.fails = true;
  await assertRejects(() => lengthsIn(2, [6]), TypeError, "it broke off");
  assertEquals(budget.held, 0);
  state.fails = false;
  assertEquals(await lengthsIn(2, [7]), [8]);
  assertEquals(asked, [2, 2]);
});

Deno.test("BlockCache: blocks in use stay, beyond the capacity too, and go once they are used no more", async () => {
  const { asked, budget, lengthsIn } = cacheOf(1);
  const all = await Promise.all([0, 1, 2].map((block) => lengthsIn(block, [3 * block])));
  assertEquals(all, [[1], [4], [7]]);
  await Promise.resolve();
  assertEquals(asked, [0, 1, 2]);
  assertEquals(budget.held, 24);
});
