import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { AlreadyExistsError, UnsupportedError } from "@lade/core/errors";
import { openSafetensorsSet } from "@lade/formats/safetensors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { openCheckpoints } from "../open/open_checkpoints.ts";
import { loadForeign } from "../foreign/load_foreign.ts";
import { exportCheckpoint, type ExportOptions } from "./export_checkpoint.ts";
import { consecutiveBoxes, streamTensor } from "./stream_tensor.ts";

type ErrorClass = Parameters<typeof assertRejects>[1] & (new (...args: never[]) => Error);

/** A checkpoint of two ranks, each with half of the columns of `a`. */
async function saved() {
  const store = new MemoryStore();
  const ranks = await Promise.all(
    [0, 1].map((rank) => openCheckpoints(store, "s", { run: "a", rank, worldSize: 2 })),
  );
  const saves = ranks.map((checkpoints, rank) =>
    checkpoints.save(1, {
      tensors: [
        {
          name: "a",
          dtype: "float32",
          shape: [3, 2],
          offsets: [0, 2 * rank],
          globalShape: [3, 4],
          data: Float32Array.from({ length: 6 }, (_, at) => 4 * Math.floor(at / 2) + 2 * rank + at % 2),
        },
        { name: "b", dtype: "int64", shape: [], replicas: [0, 1], data: BigInt64Array.of(7n) },
        { name: `empty.${rank}`, dtype: "uint8", shape: [0, 3], data: new Uint8Array(0) },
      ],
    }).committed
  );
  await Promise.all(saves);
  const [checkpoint] = await Promise.all(
    ranks.slice(0, 1).map((rank) => rank.open({ generation: 0, step: 1 })),
  );
  if (!checkpoint) throw new Error("there is none");
  return { store, checkpoint };
}

Deno.test("exportCheckpoint() writes whole tensors and an index, files cut by size", async () => {
  const { store, checkpoint } = await saved();
  await using _ = checkpoint;
  const out = new MemoryStore();
  const report = await exportCheckpoint(checkpoint, out, "hf", { fileBytes: 48 });
  assertEquals(report, {
    index: "hf/model.safetensors.index.json",
    files: ["hf/model-00001-of-00002.safetensors", "hf/model-00002-of-00002.safetensors"],
    tensors: 4,
    bytes: 56,
    removed: [],
    left: [],
  });
  const set = await openSafetensorsSet(out, report.index);
  await set.check();
  const read = await set.readAll();
  assertEquals(read.get("a")?.data, Float32Array.from({ length: 12 }, (_, at) => at));
  assertEquals(read.get("b")?.data, BigInt64Array.of(7n));
  assertEquals(read.get("empty.0")?.shape, [0, 3]);
  assertEquals((await set.open(report.files[0] ?? "")).metadata, { format: "pt" });
  await store[Symbol.asyncDispose]();
});

Deno.test("exportCheckpoint() takes some tensors under other names, and replaces only when asked", async () => {
  const { checkpoint } = await saved();
  await using _ = checkpoint;
  const out = new MemoryStore();
  const options = {
    filter: ({ name }: { name: string }) => name === "a",
    rename: (name: string) => `model.${name}`,
  };
  await exportCheckpoint(checkpoint, out, "", options);
  await assertRejects(
    () => exportCheckpoint(checkpoint, out, ""),
    AlreadyExistsError,
    "replace what is there",
  );
  assertEquals([...(await openSafetensorsSet(out, "model.safetensors.index.json")).files.keys()], [
    "model.a",
  ]);
  await exportCheckpoint(checkpoint, out, "", { replace: true });
  assertEquals((await openSafetensorsSet(out, "model.safetensors.index.json")).files.size, 4);
  await assertRejects(() => exportCheckpoint(checkpoint, out, "", { name: "a/b" }), TypeError);
});

Deno.test("exportCheckpoint() looks first whether an export is there, and reads no tensor for it", async () => {
  const { checkpoint } = await saved();
  await using _ = checkpoint;
  const untouched = {
    tensors: () => checkpoint.tensors(),
    load: () => Promise.reject(new Error("it is read")),
  };
  for (const key of ["hf/model.safetensors.index.json", "hf/model-00002-of-00002.safetensors"]) {
    const out = new MemoryStore();
    await out.put(key, new Uint8Array(1));
    const error = await assertRejects(
      () => exportCheckpoint(untouched, out, "hf", { fileBytes: 48 }),
      AlreadyExistsError,
      "replace what is there",
    );
    assertEquals(error.uri.endsWith(key), true);
    assertEquals((await Array.fromAsync(out.list())).map(({ key }) => key), [key]);
  }
});

Deno.test("exportCheckpoint() that replaces removes exactly the files that the old index names", async () => {
  const { checkpoint } = await saved();
  await using _ = checkpoint;
  const out = new MemoryStore();
  const keys = async () => (await Array.fromAsync(out.list())).map(({ key }) => key);
  const before = await exportCheckpoint(checkpoint, out, "hf", { fileBytes: 12 });
  assertEquals(before.files.length, 2);
  const others = ["hf/model-00007-of-00009.safetensors", "hf/model-extra.safetensors", "mine.safetensors"];
  for (const key of others) await out.put(key, new Uint8Array(1));
  const report = await exportCheckpoint(checkpoint, out, "hf", { replace: true });
  assertEquals(report.removed, before.files);
  assertEquals(report.left, ["hf/model-00007-of-00009.safetensors"]);
  assertEquals(await keys(), [...report.files, ...others.slice(0, 2), report.index, others[2] ?? ""].sort());
  // An index that names what is no file of an export, or is none, has nothing removed.
  const planted = JSON.stringify({ weight_map: { a: "model-extra.safetensors", b: "notes.safetensors" } });
  await out.put("hf/notes.safetensors", new Uint8Array(1));
  for (
    const index of [
      planted,
      "no index",
      planted.replace("notes", "../mine"),
      planted.replace("notes", "/mine"),
    ]
  ) {
    await out.put(report.index, new TextEncoder().encode(index));
    const { removed } = await exportCheckpoint(checkpoint, out, "hf", { replace: true });
    assertEquals(removed, []);
    assertEquals((await keys()).length, 6);
  }
});

Deno.test("exportCheckpoint() of no tensor is an error, and leaves the export that is there", async () => {
  const { store, checkpoint } = await saved();
  await using _ = checkpoint;
  const { index, files } = await exportCheckpoint(checkpoint, store, "hf");
  const before = await Promise.all([index, ...files].map(async (key) => (await getBytes(store, key)).bytes));
  const filter = () => false;
  await assertRejects(
    () => exportCheckpoint(checkpoint, store, "hf", { filter, replace: true }),
    RangeError,
    "no tensor is chosen",
  );
  const after = await Promise.all([index, ...files].map(async (key) => (await getBytes(store, key)).bytes));
  assertEquals(after, before);
});

Deno.test("exportCheckpoint() of what safetensors has not leaves the export that is there", async () => {
  const { store, checkpoint } = await saved();
  await using _ = checkpoint;
  const { index } = await exportCheckpoint(checkpoint, store, "hf");
  await store.put("z.bin", new Uint8Array(16));
  const foreign = await loadForeign(store, "z.bin", {
    raw: [{ name: "z", dtype: "complex128", shape: [1] }],
  });
  const replacing = { replace: true };
  await assertRejects(() => exportCheckpoint(foreign, store, "hf", replacing), TypeError, "no complex128");
  await assertRejects(
    () => exportCheckpoint(checkpoint, store, "hf", { ...replacing, fileBytes: -1 }),
    RangeError,
    "files of -1 bytes",
  );
  assertEquals((await openSafetensorsSet(store, index)).files.size, 4);
});

Deno.test("exportCheckpoint() of a damaged checkpoint names the tensor, and writes no index", async () => {
  const { store, checkpoint } = await saved();
  await using _ = checkpoint;
  for await (const { key } of store.list("s/data/")) {
    const { bytes } = await getBytes(store, key);
    bytes.set([1 ^ (bytes.at(-1) ?? 0)], bytes.length - 1);
    await store.put(key, bytes);
  }
  const out = new MemoryStore();
  await exportCheckpoint(checkpoint, out, "", { verify: false });
  const other = new MemoryStore();
  await assertRejects(() => exportCheckpoint(checkpoint, other, ""), InvalidCheckpointError, "do not match");
  const keys: string[] = [];
  for await (const { key } of other.list()) keys.push(key);
  assertEquals(keys, []);
});

Deno.test("parts of a tensor follow one another, and are as large as they may be", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 4 });
  const dtypes = fc.constantFrom("uint8" as const, "float32" as const, "float64" as const);
  fc.assert(fc.property(shapes, dtypes, fc.integer({ min: 1, max: 100 }), (shape, dtype, most) => {
    const bytes = { uint8: 1, float32: 4, float64: 8 }[dtype];
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    let at = 0;
    for (const { offsets, shape: own } of consecutiveBoxes({ name: "", dtype, shape }, most)) {
      assertEquals(offsets.reduce((sum, offset, axis) => sum + offset * (strides[axis] ?? 0), 0), at);
      const volume = own.reduce((a, b) => a * b, 1);
      assertEquals(volume === 1 || volume * bytes <= most, true);
      at += volume;
    }
    assertEquals(at, shape.reduce((a, b) => a * b, 1));
  }));
});

Deno.test("elements of less than a byte are cut between bytes", () => {
  const boxes = [...consecutiveBoxes({ name: "", dtype: "float4_e2m1", shape: [40, 3] }, 12)];
  assertEquals(boxes.map(({ offsets: [from], shape: [count] }) => [from, count]), [
    [0, 8],
    [8, 8],
    [16, 8],
    [24, 8],
    [32, 8],
  ]);
});

Deno.test("streamTensor() reads one part ahead, and ends when it is left", async () => {
  let reads = 0;
  const reader = {
    load: (targets: Iterable<{ data: ArrayBufferView }>) => {
      reads++;
      for (const { data } of targets) (data as Uint8Array).fill(reads);
      return Promise.resolve({ bytes: 0, bytesRead: 0 });
    },
  };
  const tensor = { name: "a", dtype: "uint8", shape: [10] } as const;
  const seen: number[][] = [];
  for await (const bytes of streamTensor(reader, tensor, 4, {})) seen.push([...bytes]);
  assertEquals(seen, [[1, 1, 1, 1], [2, 2, 2, 2], [3, 3]]);
  for await (const _ of streamTensor(reader, tensor, 4, {})) break;
  assertEquals(reads, 5);
});

Deno.test("exportCheckpoint() writes an npz and raw bytes, and replaces them only when asked", async () => {
  const { checkpoint } = await saved();
  await using _ = checkpoint;
  for (const format of ["npz", "raw"] as const) {
    const out = new MemoryStore();
    const report = await exportCheckpoint(checkpoint, out, "x", { format });
    const file = format === "npz" ? "x/model.npz" : "x/model.raw";
    const index = format === "npz" ? file : "x/model.raw.json";
    assertEquals(report, { index, files: [file], tensors: 4, bytes: 56, removed: [], left: [] });
    const foreign = await loadForeign(out, "x");
    const all = await foreign.loadAll({ verify: true });
    assertEquals(all.get("a")?.data, Float32Array.from({ length: 12 }, (_, at) => at));
    assertEquals([all.get("b")?.shape, all.get("b")?.data], [[], BigInt64Array.of(7n)]);
    assertEquals(all.get("empty.1")?.shape, [0, 3]);
    await assertRejects(
      () => exportCheckpoint(checkpoint, out, "x", { format }),
      AlreadyExistsError,
      "replace what is there",
    );
    // Before anything is read for it.
    const unread = {
      tensors: () => checkpoint.tensors(),
      load: () => Promise.reject(new Error("it is read")),
    };
    await assertRejects(() => exportCheckpoint(unread, out, "x", { format }), AlreadyExistsError);
    const filter = ({ name }: { name: string }) => name === "a";
    await exportCheckpoint(checkpoint, out, "x", { format, filter, replace: true });
    assertEquals([...(await loadForeign(out, "x")).tensors()].length, 1);
  }
});

Deno.test("exportCheckpoint() refuses what a format has not before anything is written", async () => {
  const store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "s");
  await checkpoints.save(1, {
    tensors: [
      { name: "a", dtype: "float32", shape: [1], data: new Float32Array(1) },
      { name: "half", dtype: "bfloat16", shape: [2], data: new Uint16Array(2) },
      { name: "../up", dtype: "uint8", shape: [1], data: new Uint8Array(1) },
    ],
  }).committed;
  await using checkpoint = await checkpoints.open("latest");
  const out = new MemoryStore();
  const refused = async (options: ExportOptions, kind: ErrorClass, message: string) => {
    await assertRejects(() => exportCheckpoint(checkpoint, out, "", options), kind, message);
    assertEquals(await Array.fromAsync(out.list()), []);
  };
  const without = (...names: string[]) => ({ name }: { name: string }) => !names.includes(name);
  await refused(
    { format: "npz", filter: without("../up") },
    UnsupportedError,
    'NumPy has no bfloat16, which tensor "half" is of; export as safetensors or raw',
  );
  await refused(
    { format: "npz", filter: without("half") },
    UnsupportedError,
    'no array can be called "../up"',
  );
  await refused({ format: "zip" as "npz" }, TypeError, 'the format "zip" is none of safetensors, npz, raw');
  await refused({ format: "raw", fileBytes: 5 }, TypeError, "fileBytes is of safetensors");
  for (const format of ["safetensors", "npz", "raw"] as const) {
    await refused({ format, rename: () => "same" }, TypeError, 'two tensors would be called "same"');
  }
  await exportCheckpoint(checkpoint, out, "", { format: "raw" });
  assertEquals((await (await loadForeign(out, "")).loadAll()).get("half")?.data, new Uint16Array(2));
});

Deno.test("exportCheckpoint() of a damaged checkpoint writes neither an npz nor a description", async () => {
  const { store, checkpoint } = await saved();
  await using _ = checkpoint;
  for await (const { key } of store.list("s/data/")) {
    const { bytes } = await getBytes(store, key);
    await store.put(key, bytes.with(-1, 1 ^ (bytes.at(-1) ?? 0)));
  }
  for (const format of ["npz", "raw"] as const) {
    const out = new MemoryStore();
    await assertRejects(
      () => exportCheckpoint(checkpoint, out, "", { format }),
      InvalidCheckpointError,
      "do not match",
    );
    assertEquals(await Array.fromAsync(out.list()), []);
  }
});
