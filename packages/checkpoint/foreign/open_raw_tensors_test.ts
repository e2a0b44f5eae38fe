import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { exportCheckpoint } from "../export/export_checkpoint.ts";
import { loadForeign, type LoadForeignOptions } from "./load_foreign.ts";

const VALUES = Float32Array.from({ length: 12 }, (_, at) => at);
const DUMP = new Uint8Array(VALUES.buffer);

type Raw = NonNullable<LoadForeignOptions["raw"]>;

Deno.test("loadForeign() reads what tofile() writes by what it is said to be", async () => {
  const store = new MemoryStore();
  await store.put("d/weight.bin", DUMP);
  const foreign = await loadForeign(store, "d/weight.bin", {
    raw: [{ name: "w", dtype: "float32", shape: [3, 4] }],
  });
  assertEquals([foreign.kind, [...foreign.tensors()]], ["raw", [{
    name: "w",
    dtype: "float32",
    shape: [3, 4],
  }]]);
  assertEquals((await foreign.loadAll()).get("w")?.data, VALUES);
  const column = new Float32Array(3);
  assertEquals((await foreign.load([{ name: "w", offsets: [0, 1], shape: [3, 1], data: column }])).bytes, 12);
  assertEquals(column, Float32Array.of(1, 5, 9));
  await assertRejects(() => foreign.loadAll({ verify: true }), TypeError, "it has no checksum");
  await store.put("d/weight.bin", DUMP.toReversed());
  await assertRejects(() => foreign.loadAll(), PreconditionFailedError);
});

Deno.test("tensors in a raw file follow one another, or lie where they are said to", async () => {
  const store = new MemoryStore();
  await store.put("d/m.bin", Uint8Array.of(1, 2, 3, 4, ...DUMP));
  await store.put("d/n.bin", Uint8Array.of(7));
  const foreign = await loadForeign(store, "d/m.bin", {
    raw: [
      { name: "head", dtype: "uint8", shape: [4] },
      { name: "a", dtype: "float32", shape: [8] },
      { name: "none", dtype: "float32", shape: [0, 5] },
      { name: "b", dtype: "float32", shape: [2, 2] },
      { name: "step", dtype: "uint8", shape: [], file: "n.bin" },
    ],
    filter: (name) => name !== "head",
  });
  const all = await foreign.loadAll();
  assertEquals([...all.keys()], ["a", "b", "none", "step"]);
  assertEquals(all.get("b")?.data, VALUES.slice(8));
  assertEquals(all.get("step")?.data, Uint8Array.of(7));
});

Deno.test("a raw file that does not fit its description is an error that says how", async () => {
  const store = new MemoryStore();
  await store.put("d/m.bin", DUMP);
  const refused = async (raw: Raw, message: string) => {
    const error = await assertRejects(() => loadForeign(store, "d/m.bin", { raw }), FormatError, message);
    assert(error.uri.includes("memory://") && error.uri.includes("d/"), error.uri);
  };
  const a = { name: "a", dtype: "float32", shape: [3, 4] } as const;
  // Which is what is told of a wrong dtype.
  await refused([{ ...a, dtype: "float64" }], "takes 96 bytes from byte 0 on, and the file has 48");
  await refused([{ ...a, dtype: "float16" }], "it has 24 bytes behind its last tensor; compare dtypes");
  await refused([], "it has").catch(async () => {
    // Nothing is said of any file.
    assertEquals([...(await loadForeign(store, "d/m.bin", { raw: [] })).tensors()], []);
  });
  await refused([a, { ...a, name: "b" }], 'tensor "b", float32 of [3,4], takes 48 bytes from byte 48');
  await refused([a, a], 'two tensors are called "a"');
  await refused([{ ...a, shape: [6] }, { ...a, name: "b", shape: [7], offset: 20 }], 'lies over tensor "a"');
  await refused([{ ...a, offset: -4 }], "tensors[0].offset is not a whole number");
  await refused([{ ...a, offset: 0.5 }], "tensors[0].offset is not a whole number");
  await refused([{ ...a, shape: [3, -4] }], "tensors[0].shape");
  await refused([{ ...a, file: "../m.bin" }], "it leads to a place outside");
  await refused([{ ...a, file: "/m.bin" }], "it leads to a place outside");
  const gone = [{ ...a, file: "gone.bin" }];
  await assertRejects(() => loadForeign(store, "d/m.bin", { raw: gone }), NotFoundError);
});

Deno.test("what is said of a raw file in code is checked as what a description says", async () => {
  const store = new MemoryStore();
  await store.put("w.bin", DUMP);
  const tensor = { name: "w", dtype: "float32", shape: [12] } as const;
  const wrong = [
    { ...tensor, ofset: 4 },
    { ...tensor, dtype: "float31" as "float32" },
    { ...tensor, shape: [-12] },
    { ...tensor, crc32c: "8A" },
  ];
  for (const one of wrong) {
    await assertRejects(() => loadForeign(store, "w.bin", { raw: [one] }), FormatError);
  }
});

Deno.test("a description beside raw files is opened by its name or its folder, and says nothing unknown", async () => {
  const store = new MemoryStore();
  await store.put("d/m.bin", DUMP);
  const write = (tensor: object, more: object = {}) => {
    const tensors = [{ name: "a", dtype: "float32", shape: [3, 4], file: "m.bin", ...tensor }];
    return store.put(
      "d/m.raw.json",
      new TextEncoder().encode(JSON.stringify({ format: "lade-raw", version: 1, tensors, ...more })),
    );
  };
  await write({});
  for (const place of ["d/m.raw.json", "d", "d/"]) {
    assertEquals((await (await loadForeign(store, place)).loadAll()).get("a")?.data, VALUES);
  }
  const refused = async (tensor: object, more: object, message: string) => {
    await write(tensor, more);
    await assertRejects(() => loadForeign(store, "d"), FormatError, message);
  };
  await refused({ order: "F" }, {}, "tensors[0].order is none of name, dtype, shape, file, offset, crc32c");
  await refused({}, { byteOrder: "big" }, "byteOrder is none of format, version, tensors");
  await refused({ dtype: "float31" }, {}, "tensors[0].dtype");
  await refused({ shape: [3, -4] }, {}, "tensors[0].shape[1] is not a whole number");
  await refused({ shape: [2 ** 40, 2 ** 40] }, {}, "tensors[0].shape takes no whole number of bytes");
  await refused({ crc32c: "zz" }, {}, "tensors[0].crc32c");
  await refused({}, { version: 2 }, "version is one that this version");
  await refused({}, { format: "other" }, "format");
  await store.put("d/m.raw.json", new TextEncoder().encode("{"));
  await assertRejects(() => loadForeign(store, "d"), FormatError, "it is no JSON");
  await write({ crc32c: "00000000" });
  const foreign = await loadForeign(store, "d");
  const error = await assertRejects(
    () => foreign.loadAll(),
    InvalidCheckpointError,
    "and its description says 00000000",
  );
  assertEquals(error.tensor, "a");
  await foreign.loadAll({ verify: false });
});

Deno.test("what is exported as raw is read back, and any damage of it is told", async () => {
  const store = new MemoryStore();
  await store.put("m.bin", Uint8Array.of(5, ...DUMP));
  const raw = [{ name: "x", dtype: "uint8", shape: [1] }, {
    name: "a",
    dtype: "float32",
    shape: [12],
  }] as const;
  const report = await exportCheckpoint(await loadForeign(store, "m.bin", { raw }), store, "out", {
    format: "raw",
  });
  const { index, files, tensors } = report;
  assertEquals([index, files, tensors, report.bytes], ["out/model.raw.json", ["out/model.raw"], 2, 49]);
  const { bytes } = await getBytes(store, "out/model.raw");
  for (let at = 0; at < bytes.length; at++) {
    await store.put("out/model.raw", bytes.with(at, 4 ^ (bytes[at] ?? 0)));
    const load = async () => await (await loadForeign(store, "out")).loadAll({ verify: true });
    // Between tensors there is nothing.
    if (at >= 48 && at < 64) assertEquals((await load()).get("a")?.data, VALUES);
    else await assertRejects(load, InvalidCheckpointError, "its CRC-32C is");
  }
  await store.put("out/model.raw", bytes.subarray(0, -1));
  await assertRejects(() => loadForeign(store, "out"), FormatError, "bytes from byte");
});
