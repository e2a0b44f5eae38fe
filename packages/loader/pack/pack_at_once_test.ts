import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import type { MapDataset, SampleContext } from "../datasets/dataset.ts";
import { packDataset } from "./pack_dataset.ts";

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key.slice(prefix.length));
}

Deno.test("a pack that another one replaces meanwhile ends, and what is there is of one of them alone", async () => {
  for (const format of ["tfrecord", "tar"] as const) {
    for (const at of [0, 7, 30, 59]) {
      await using store = new MemoryStore();
      const rows = numbers(60);
      const options = { format, shardSize: format === "tar" ? 8192 : 200, shuffle: "full" } as const;
      let second: Promise<unknown> | undefined;
      const first = {
        ...rows,
        get: async (index: number, context: SampleContext) => {
          // Another one begins and ends in the middle of this one.
          if (index === at) {
            await (second ??= packDataset(rows, store, "p/", { ...options, seed: 2, replacePack: true }));
          }
          return await rows.get(index, context);
        },
      };
      await assertRejects(() => packDataset(first, store, "p/", { ...options, seed: 1 }), StoreError);
      await second;
      const alone = new MemoryStore();
      await packDataset(rows, alone, "p/", { ...options, seed: 2 });
      assertEquals(await keys(store, "p/"), await keys(alone, "p/"));
      for (const key of await keys(alone, "p/")) {
        if (key === "lade-manifest.tsv") continue;
        const bytesOf = async (store: ObjectStore) => (await getBytes(store, `p/${key}`)).bytes;
        assertEquals(await bytesOf(store), await bytesOf(alone), `${format} ${at} ${key}`);
      }
    }
  }
});

/** Samples of one size, of which packs of any order have shards of one size. */
function numbers(length: number): MapDataset<unknown> {
  return {
    length,
    fingerprint: "numbers",
    uri: "memory://numbers/",
    get: (index) => Promise.resolve(new Uint8Array(8).fill(index)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
