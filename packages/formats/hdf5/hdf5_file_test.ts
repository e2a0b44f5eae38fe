import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, MemoryStore } from "@lade/core";
import { QuotaExceededError, StoreError, UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { FormatError } from "../errors/format_error.ts";
import { ObjectSource } from "../source/object_source.ts";
import { damagesOf } from "../testing/damage.ts";
import { makeHdf5 } from "../testing/make_hdf5.ts";
import { format } from "./format.ts";
import { openHdf5 } from "./hdf5_file.ts";

const FILE = await makeHdf5((file) => {
  file.create_dataset({
    name: "x",
    data: Float32Array.from({ length: 24 }, (_, at) => at),
    shape: [2, 3, 4],
  });
  const group = file.create_group("g");
  group.create_dataset({
    name: "packed",
    data: BigInt64Array.from({ length: 100 }, (_, at) => BigInt(at) - 50n),
    shape: [10, 10],
    chunks: [3, 5],
    compression: "gzip",
    compression_opts: [6],
  });
  group.create_dataset({ name: "texts", data: ["é☃", "", "abc"] });
  group.create_dataset({ name: "fixed", data: ["ab", "c"], dtype: "S4" });
  group.create_dataset({ name: "one", data: 7.5 });
  group.create_dataset({ name: "u8", data: Uint8Array.of(1, 2), shape: [2] });
  const pair = new Map<string, number[]>([["a", [1]], ["b", [2.5]]]);
  group.create_dataset({ name: "pair", data: pair, shape: [1], dtype: [["a", "<i"], ["b", "<d"]] });
  file.create_soft_link("/x", "link");
  file.create_soft_link("/g", "g2");
  file.create_soft_link("/nowhere", "broken");
  file.create_external_link("other.h5", "/x", "elsewhere");
});

async function opened(bytes: Uint8Array = FILE) {
  const store = new MemoryStore();
  await store.put("f.h5", bytes);
  return store;
}

Deno.test("openHdf5: lists what is there, links that lead out of the file left out", async () => {
  await using store = await opened();
  using file = await openHdf5(store, "f.h5");
  assertEquals(
    Array.from(
      file.datasets.values(),
      ({ path, name, shape, chunks, filters }) => [path, name, shape, chunks, filters.join()],
    ),
    [
      ["g/fixed", "string of 4 bytes", [2], undefined, ""],
      ["g/one", "float64", [], undefined, ""],
      ["g/packed", "int64", [10, 10], [3, 5], "deflate"],
      ["g/pair", "compound {a: int32, b: float64}", [1], undefined, ""],
      ["g/texts", "string", [3], undefined, ""],
      ["g/u8", "uint8", [2], undefined, ""],
      ["link", "float32", [2, 3, 4], undefined, ""],
      ["x", "float32", [2, 3, 4], undefined, ""],
    ],
  );
});

Deno.test("Hdf5File: data sets and blocks of them, numbers and texts", async () => {
  await using store = await opened();
  using file = await openHdf5(store, "f.h5");
  const whole = Float32Array.from({ length: 24 }, (_, at) => at);
  assertEquals(await file.read("x"), { dtype: "float32", shape: [2, 3, 4], order: "C", data: whole });
  assertEquals(await file.read("x", { slice: [{ from: 1 }, { to: 1 }, { from: 1, to: 3 }] }), {
    dtype: "float32",
    shape: [1, 1, 2],
    order: "C",
    data: Float32Array.of(13, 14),
  });
  assertEquals(
    (await file.read("g/packed", { slice: [{ from: 9 }, { from: 8 }] })).data,
    BigInt64Array.of(48n, 49n),
  );
  assertEquals((await file.read("g/one")).data, Float64Array.of(7.5));
  assertEquals((await file.read("x", { slice: [{ to: 0 }] })).shape, [0, 3, 4]);
  assertEquals(await file.readText("g/texts"), ["é☃", "", "abc"]);
  assertEquals(await file.readText("g/texts", { slice: [{ from: 2 }] }), ["abc"]);
  assertEquals(await file.readText("g/fixed"), ["ab", "c"]);
});

Deno.test("Hdf5File: random blocks are those of the whole", async () => {
  await using store = await opened();
  using file = await openHdf5(store, "f.h5");
  const index = fc.tuple(fc.nat(10), fc.nat(10)).map(([a, b]) => ({
    from: Math.min(a, b),
    to: Math.max(a, b),
  }));
  await fc.assert(fc.asyncProperty(index, index, async (rows, columns) => {
    const { data } = await file.read("g/packed", { slice: [rows, columns] });
    const due: bigint[] = [];
    for (let row = rows.from; row < rows.to; row++) {
      for (let column = columns.from; column < columns.to; column++) {
        due.push(BigInt(row * 10 + column) - 50n);
      }
    }
    assertEquals(data, BigInt64Array.from(due));
  }));
});

Deno.test("Hdf5File: a large data set goes through the library in pieces", async () => {
  const rows = 300_000;
  const bytes = await makeHdf5((file) => {
    const data = Int32Array.from({ length: rows * 10 }, (_, at) => at);
    file.create_dataset({ name: "d", data, shape: [rows, 10], chunks: [70_000, 10], compression: 1 });
  });
  await using store = await opened(bytes);
  using file = await openHdf5(store, "f.h5");
  const { data } = await file.read("d", { slice: [{ from: 5 }] });
  assertEquals([data.length, data.every((value, at) => value === at + 50)], [(rows - 5) * 10, true]);
});

Deno.test("Hdf5File: what is not read is refused, and a wrong wish too", async () => {
  await using store = await opened();
  using file = await openHdf5(store, "f.h5");
  await assertRejects(() => file.read("g/pair"), UnsupportedError, "its elements are compound");
  await assertRejects(() => file.read("g/texts"), UnsupportedError, "read it by readText()");
  await assertRejects(() => file.readText("x"), UnsupportedError, "its elements are float32");
  await assertRejects(() => file.read("elsewhere"), TypeError, 'it has "g/fixed", "g/one"');
  await assertRejects(() => file.read("g"), TypeError, "(8 in all)");
  for (
    const slice of [[{ to: 3 }], [{ from: -1 }], [{ from: 2, to: 1 }], [{ from: 0.5 }], [{}, {}, {}, {}]]
  ) {
    await assertRejects(() => file.read("x", { slice }), RangeError, "Cannot read data set");
  }
  const ended = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => file.read("x", { signal: ended }), Error, "enough");
});

Deno.test("openHdf5: a file beyond the budget is refused before it is read, and a data set beyond it too", async () => {
  const memory = new MemoryStore({ context: createStoreContext({ maxBufferedBytes: FILE.length - 1 }) });
  await using store = injectFaults(memory, []);
  await store.put("f.h5", FILE);
  await assertRejects(
    () => openHdf5(store, "f.h5"),
    QuotaExceededError,
    `where it may have ${FILE.length - 1}`,
  );
  assertEquals(store.calls.filter(({ operation }) => operation === "get").length, 1);
  assertEquals(store.context.budget.held, 0);
  {
    using file = await openHdf5(store, "f.h5", { maxSize: FILE.length });
    assertEquals(store.context.budget.held, FILE.length);
    assertEquals((await file.read("g/u8")).data, Uint8Array.of(1, 2));
  }
  assertEquals(store.context.budget.held, 0);
  // A chunk that was never written takes no room in the file.
  const hollow = await makeHdf5((file) => {
    file.create_dataset({
      name: "d",
      data: new Uint8Array(4),
      shape: [2, 2],
      maxshape: [null, 2],
      chunks: [2, 2],
    })
      .resize([2 ** 30, 2]);
  });
  await using other = await opened(hollow);
  using file = await openHdf5(other, "f.h5");
  await assertRejects(() => file.read("d"), QuotaExceededError, "read it by slices");
  assertEquals((await file.read("d", { slice: [{ from: 2 ** 30 - 1 }] })).data, Uint8Array.of(0, 0));
});

Deno.test("Hdf5File: once disposed it reads nothing, and the memory is free", async () => {
  await using store = await opened();
  const file = await openHdf5(store, "f.h5");
  file[Symbol.dispose]();
  file[Symbol.dispose]();
  await assertRejects(() => file.read("x"), TypeError, "it is closed");
  assertEquals(store.context.budget.held, 0);
});

Deno.test("format: describes and verifies HDF5", async () => {
  await using store = await opened();
  const target = { store, key: "f.h5", open: () => ObjectSource.open(store, "f.h5") };
  const { arrays, size } = await format.describe(target);
  assertEquals(size, FILE.length);
  assertEquals(arrays?.find(({ name }) => name === "g/packed"), {
    name: "g/packed",
    dtype: "int64",
    shape: [10, 10],
    order: "C",
    chunks: [3, 5],
    compression: "deflate",
  });
  const { unchecked = 0, ...verified } = await format.verify(target);
  assert(unchecked > 24 * 4 + 100 * 8, `${unchecked}`);
  assertEquals(verified, { checked: {}, bytes: FILE.length, faults: [] });
  for (const front of [0, 512, 1024]) {
    const longer = new Uint8Array(front + FILE.length + 7);
    longer.set(FILE, front);
    await store.put("f.h5", longer.subarray(0, -7));
    assertEquals((await format.verify(target)).faults, []);
    await store.put("f.h5", longer);
    assertEquals(
      (await format.verify(target)).faults.map(({ message }) => message),
      [`Cannot read HDF5 "memory://memory/f.h5": 7 bytes follow its end at byte ${front + FILE.length}`],
    );
  }
  await store.put("f.h5", FILE.slice(0, 1000));
  const { faults } = await format.verify(target);
  assertEquals(faults.map((fault) => fault instanceof FormatError && /truncated/.test(fault.message)), [
    true,
  ]);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("Hdf5File: texts whose heap does not end are an error, where the library never ends", async () => {
  const heap = FILE.findIndex((_, at) =>
    at % 8 === 0 && FILE[at] === 0x47 && FILE[at + 1] === 0x43 && FILE[at + 2] === 0x4f
  );
  const view = new DataView(FILE.buffer);
  // Behind the header of the collection come the texts that are not empty, and what is free.
  let free = heap + 16;
  while (view.getUint16(free, true) !== 0) free += 16 + Math.ceil(view.getUint32(free + 8, true) / 8) * 8;
  for (
    const [at, value] of [[free + 8, 0], [free + 8, 8], [heap + 16 + 8, 514], [heap + 8, 2 ** 30]] as const
  ) {
    const bytes = FILE.slice();
    new DataView(bytes.buffer).setUint32(at, value, true);
    await using store = await opened(bytes);
    using file = await openHdf5(store, "f.h5");
    await assertRejects(() => file.readText("g/texts"), FormatError, '"g/texts" cannot be read: the ');
    assertEquals(await file.readText("g/fixed"), ["ab", "c"]);
  }
});

Deno.test("openHdf5: damage is an error of a store or is not seen, and the library goes on", async () => {
  let seen = 0;
  for (const { what, bytes } of damagesOf(FILE, 41)) {
    await using store = await opened(bytes);
    try {
      using file = await openHdf5(store, "f.h5");
      for (const path of file.datasets.keys()) await file.check(path);
    } catch (error) {
      assert(error instanceof StoreError, `${what}: ${error instanceof Error ? error.stack : error}`);
      seen++;
    }
    assertEquals(store.context.budget.held, 0);
  }
  assert(seen > 100, `${seen} were seen`);
  await using store = await opened();
  using file = await openHdf5(store, "f.h5");
  assertEquals((await file.read("g/one")).data, Float64Array.of(7.5));
});

Deno.test("openHdf5: what is no HDF5 is a FormatError", async () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(5000), FILE.slice(0, 8)]) {
    await using store = await opened(bytes);
    await assertRejects(() => openHdf5(store, "f.h5"), FormatError, "Cannot read HDF5");
  }
});
