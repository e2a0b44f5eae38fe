import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { injectFaults } from "@lade/testing";
import type { JsonValue } from "../json/canonical_json.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import { commitKey } from "../keys/series_keys.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";

type Json = { [name: string]: JsonValue };
/** A manifest as JSON, as far as it is edited. */
interface Edited {
  readonly table: { chunkBytes: number; readonly shards: [Json, Json]; readonly tensors: [Json, Json] };
  readonly extras: { readonly rng: [Json] };
  readonly records: Json[];
}

const KEY = `c/${commitKey({ generation: 0, step: 2 })}`;

/** A series of steps 1 and 2. */
async function saved(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "c", { run: "a" });
  for (const step of [1, 2]) {
    const data = Float32Array.of(step, 2, 3, 4);
    const tensors = [
      { name: "w", dtype: "float32", shape: [4], data },
      { name: "given", dtype: "float32", shape: [4], data: () => data.slice() },
    ] as const;
    await checkpoints.save(step, { tensors, extras: { rng: new Uint8Array(100) } }).committed;
  }
  return store;
}

Deno.test("a manifest that was edited and sealed anew names nothing outside, and nothing that cannot be", async () => {
  const edits: readonly (readonly [(manifest: Edited) => void, string])[] = [
    [({ table: { shards } }) => shards[0].key = "lade.json", "names no data of the series"],
    [({ table: { shards } }) => shards[0].key = "data/a/b/c", "names no data of the series"],
    [({ table }) => table.chunkBytes = 0, "chunkBytes"],
    [({ table: { tensors } }) => tensors[0].shape = [5], "is not made up by the pieces"],
    [({ table: { tensors } }) => tensors[0].shape = [2 ** 52, 2 ** 52], "larger than any tensor"],
    [({ extras: { rng } }) => rng[0].key = "latest.json", "names no such object of the series"],
    [({ extras: { rng } }) => rng[0].crc32c = "CAFE", "is no checksum"],
    [({ records }) => records.push({ rank: 0, key: "runs/1", size: 1, crc32c: "00000000" }), "names no such"],
  ];
  const store = await saved();
  await using reader = await openCheckpoints(store, "c", { readOnly: true });
  const { bytes } = await getBytes(store, KEY);
  for (const [edit, words] of edits) {
    const manifest = openSealed(bytes, KEY) as Json;
    edit(manifest as unknown as Edited);
    await store.put(KEY, sealJson(manifest));
    await assertRejects(() => reader.open(2), FormatError, words);
    await using earlier = (await reader.openLatestValid()).checkpoint;
    assertEquals(earlier.info.step, 1);
  }
  await store.put(KEY, bytes);
  await using checkpoint = await reader.open(2);
  const tensors = await checkpoint.loadAll({ filter: ({ name }) => name !== "w" });
  assertEquals([...tensors].map(([name, { data }]) => [name, data]), [[
    "given",
    Float32Array.of(2, 2, 3, 4),
  ]]);
});

Deno.test("a store that fails hides no checkpoint: openLatestValid() goes back past damage only", async () => {
  const error = new UnavailableError({ operation: "get", uri: "memory://m", detail: "it is away" });
  for (const prefix of ["c/commits/", "c/data/"]) {
    const store = await saved();
    const found = await Array.fromAsync(store.list(prefix));
    const rules = found.map(({ key }) =>
      ({ operation: "get", key, fault: { kind: "throw", error } }) as const
    );
    await using reader = await openCheckpoints(injectFaults(store, rules), "c", { readOnly: true });
    await assertRejects(() => reader.openLatestValid(), UnavailableError, "it is away");
  }
});
