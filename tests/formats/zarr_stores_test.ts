import { assertEquals } from "@std/assert";
import type { ObjectStore } from "@lade/core";
import { openZarr, openZarrArray, ZarrGroup } from "@lade/formats/zarr";
import { openFileStore } from "@lade/fs";
import { openFake } from "../s3/open_fake.ts";

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** An array of 4 × 4 in chunks of 2 × 2, of which one is missing, in a group. */
async function write(store: ObjectStore): Promise<void> {
  await store.put("g.zarr/zarr.json", encode({ zarr_format: 3, node_type: "group" }));
  await store.put(
    "g.zarr/a/zarr.json",
    encode({
      ...{ zarr_format: 3, node_type: "array", shape: [4, 4], data_type: "uint8", fill_value: 9 },
      chunk_grid: { name: "regular", configuration: { chunk_shape: [2, 2] } },
      chunk_key_encoding: { name: "default" },
      codecs: [{ name: "bytes" }],
    }),
  );
  for (const [key, first] of [["0/0", 0], ["0/1", 10], ["1/1", 30]] as const) {
    await store.put(`g.zarr/a/c/${key}`, Uint8Array.of(first, first + 1, first + 2, first + 3));
  }
}

async function check(store: ObjectStore): Promise<void> {
  const group = await openZarr(store, "g.zarr");
  if (!(group instanceof ZarrGroup)) throw new Error("no group");
  const arrays = await Array.fromAsync(group.arrays());
  assertEquals(arrays.map(([path]) => path), ["a"]);
  assertEquals(
    (await arrays[0]?.[1].read())?.data,
    Uint8Array.of(0, 1, 10, 11, 2, 3, 12, 13, 9, 9, 30, 31, 9, 9, 32, 33),
  );
}

Deno.test("Zarr on s3://: the metadata and each chunk that a region touches are a request", async () => {
  await using opened = await openFake({ context: { random: () => 0 } });
  const { fake, store } = opened;
  await write(store);
  await check(store);
  fake.requests.length = 0;
  const array = await openZarrArray(store, "g.zarr/a");
  const { data } = await array.read({ region: [[1, 3], [3, 4]] });
  assertEquals(data, Uint8Array.of(13, 31));
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetObject", "GetObject", "GetObject"]);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("Zarr on file://: groups are directories", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root);
    await write(store);
    await check(store);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
