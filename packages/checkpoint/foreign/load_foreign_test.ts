import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { NotFoundError, PreconditionFailedError, UnsupportedError } from "@lade/core/errors";
import { FormatError, StaleIndexError } from "@lade/formats/errors";
import { writeSafetensors, writeSafetensorsSet } from "@lade/formats/safetensors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { exportCheckpoint } from "../export/export_checkpoint.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import { loadForeign } from "./load_foreign.ts";

const ROWS = Float32Array.from({ length: 12 }, (_, at) => at);

/** Writes a file of parts as torch does: by default without the shapes of whole tensors. */
async function writeParts(
  store: MemoryStore,
  key: string,
  parts: readonly {
    name: string;
    shape: number[];
    offsets: number[];
    data: Float32Array;
    globalShape?: number[];
  }[],
): Promise<void> {
  const info = Object.fromEntries(parts.map(({ name, offsets, globalShape }) => [name, {
    saved_offsets: offsets,
    ...(globalShape && { global_shape: globalShape }),
  }]));
  const metadata = { format: "pt", DCP_VERSION: "1.0", DCP_SHARDING_INFO: JSON.stringify(info) };
  const tensors = parts.map(({ name, shape, data }) => ({ name, dtype: "float32" as const, shape, data }));
  await writeSafetensors(store, key, tensors, { metadata });
}

const half = (rank: number) => ROWS.slice(6 * rank, 6 * rank + 6);

Deno.test("loadForeign() reads parts of a single safetensors file", async () => {
  const store = new MemoryStore();
  await writeSafetensors(
    store,
    "m.safetensors",
    [{ name: "a", dtype: "float32", shape: [3, 4], data: ROWS }],
    {
      metadata: { by: "me" },
    },
  );
  for (const place of ["m.safetensors", ""]) {
    const foreign = await loadForeign(store, place);
    assertEquals([foreign.kind, foreign.metadata], ["safetensors", { by: "me" }]);
    assertEquals([...foreign.tensors()], [{ name: "a", dtype: "float32", shape: [3, 4] }]);
    const column = new Float32Array(3);
    const report = await foreign.load([{ name: "a", offsets: [0, 1], shape: [3, 1], data: column }]);
    assertEquals([column, report.bytes], [Float32Array.of(1, 5, 9), 12]);
    assertEquals((await foreign.loadAll()).get("a")?.data, ROWS);
    await assertRejects(() => foreign.loadAll({ verify: true }), TypeError, "it has no checksum");
  }
});

Deno.test("loadForeign() reads a set by its index or its folder, and tells a file that is lost", async () => {
  const store = new MemoryStore();
  const tensors = ["a", "b"].map((name) => ({ name, dtype: "float32" as const, shape: [12], data: ROWS }));
  const key = "m/model.safetensors.index.json";
  await writeSafetensorsSet(store, key, tensors, { maxSize: 48 });
  for (const place of [key, "m", "m/"]) {
    const foreign = await loadForeign(store, place);
    assertEquals([foreign.kind, (await foreign.loadAll()).get("b")?.data], ["safetensors-set", ROWS]);
  }
  await store.delete("m/model-00002-of-00002.safetensors");
  await assertRejects(() => loadForeign(store, "m"), StaleIndexError, "is not there");
  await store.delete(key);
  await assertRejects(() => loadForeign(store, "m"), FormatError, "lacks file 2 of 2");
});

Deno.test("loadForeign() puts tensors together from what torch's ranks wrote", async () => {
  const store = new MemoryStore();
  const part = (rank: number) => [{ name: "a", shape: [6], offsets: [6 * rank], data: half(rank) }];
  const key = (rank: number) => `d/shard-0000${rank + 1}-model-00001-of-00001.safetensors`;
  for (const rank of [0, 1]) await writeParts(store, key(rank), part(rank));
  await writeParts(store, "d/shard-00003-model-00001-of-00001.safetensors", part(0));
  const foreign = await loadForeign(store, "d");
  assertEquals([foreign.kind, [...foreign.tensors()]], ["dcp-safetensors", [{
    name: "a",
    dtype: "float32",
    shape: [12],
  }]]);
  assertEquals((await foreign.loadAll()).get("a")?.data, ROWS);
  const middle = new Float32Array(4);
  await foreign.load([{ name: "a", offsets: [4], shape: [4], data: middle }]);
  assertEquals(middle, Float32Array.of(4, 5, 6, 7));
  await assertRejects(() => loadForeign(store, key(0)), InvalidCheckpointError, "name the folder");
});

Deno.test("loadForeign() refuses parts that do not make up their tensor", async () => {
  const files = async (...parts: Parameters<typeof writeParts>[2][]) => {
    const store = new MemoryStore();
    for (const [rank, part] of parts.entries()) await writeParts(store, `${rank}.safetensors`, part);
    return store;
  };
  const part = (from: number, globalShape?: number[]) => [{
    name: "a",
    shape: [6],
    offsets: [from],
    data: half(0),
    ...(globalShape && { globalShape }),
  }];
  const refused = async (store: MemoryStore, message: string) => {
    await assertRejects(() => loadForeign(store, ""), InvalidCheckpointError, message);
  };
  await refused(await files(part(0), part(7)), "no part of it has the element [6]");
  await refused(await files(part(0), part(5)), "overlap");
  await refused(await files(part(0, [12])), "no part of it has the element [6]");
  await refused(await files(part(0, [12]), part(6, [13])), "said to be [12], and [13]");
  const mixed = await files(part(0));
  await writeSafetensors(mixed, "b.safetensors", [{
    name: "b",
    dtype: "float32",
    shape: [6],
    data: half(0),
  }]);
  await assertRejects(() => loadForeign(mixed, ""), FormatError, "some do not say so");
  const broken = new MemoryStore();
  await writeSafetensors(broken, "b.safetensors", [], { metadata: { DCP_SHARDING_INFO: "{" } });
  await assertRejects(() => loadForeign(broken, ""), FormatError, "is no JSON");
});

Deno.test("loadForeign() reads the data of our own checkpoints, and what is exported", async () => {
  const store = new MemoryStore();
  const ranks = await Promise.all(
    [0, 1].map((rank) => openCheckpoints(store, "s", { run: "a", rank, worldSize: 2 })),
  );
  await Promise.all(ranks.map((checkpoints, rank) => {
    const tensor = {
      name: "a",
      dtype: "float32",
      shape: [6],
      offsets: [6 * rank],
      globalShape: [12],
    } as const;
    return checkpoints.save(1, { tensors: [{ ...tensor, data: half(rank) }] }).committed;
  }));
  const folders = new Set<string>();
  for await (const { key } of store.list("s/data/")) folders.add(key.slice(0, key.lastIndexOf("/")));
  const foreign = await loadForeign(store, [...folders][0] ?? "");
  assertEquals((await foreign.loadAll()).get("a")?.data, ROWS);
  await exportCheckpoint(foreign, store, "out");
  assertEquals((await (await loadForeign(store, "out")).loadAll()).get("a")?.data, ROWS);
});

Deno.test("loadForeign() refuses pickles, and says what to do", async () => {
  const store = new MemoryStore();
  for (const key of ["a.pt", "b.bin", "c.pkl", "d.CKPT", "e.pth"]) {
    await assertRejects(() => loadForeign(store, key), UnsupportedError, "it is a pickle");
  }
  await store.put("dcp/.metadata", new Uint8Array(1));
  await store.put("dcp/__0_0.distcp", new Uint8Array(1));
  await assertRejects(() => loadForeign(store, "dcp"), UnsupportedError, "format_utils");
  await store.put("hf/pytorch_model.bin", new Uint8Array(1));
  await assertRejects(() => loadForeign(store, "hf"), UnsupportedError, "weights_only=True");
  await assertRejects(() => loadForeign(store, "nothing"), NotFoundError, "neither a safetensors file");
  await writeSafetensors(store, "two/a.safetensors", []);
  await writeSafetensors(store, "two/b.safetensors", []);
  await assertRejects(() => loadForeign(store, "two"), FormatError, "indexSafetensors()");
});

Deno.test("a foreign file that is written anew while it is open is an error, not a mixture", async () => {
  const store = new MemoryStore();
  const write = (data: Float32Array) =>
    writeSafetensors(store, "m.safetensors", [{ name: "a", dtype: "float32", shape: [12], data }]);
  await write(ROWS);
  const foreign = await loadForeign(store, "m.safetensors");
  await write(ROWS.map((value) => -value));
  await assertRejects(() => foreign.loadAll(), PreconditionFailedError);
});
