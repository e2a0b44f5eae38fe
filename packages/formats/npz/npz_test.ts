import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { openFormat } from "../formats/open_format.ts";
import { openHead } from "../formats/open_head.ts";
import { encodeHeader } from "../npy/encode_header.ts";
import { parseLiteral } from "../npy/parse_literal.ts";
import { type NpyArray, stringArray } from "../npy/mod.ts";
import { SAVEZ, SAVEZ_COMPRESSED } from "../testing/npz_golden.ts";
import { byteAt, SparseStore } from "../testing/sparse_store.ts";
import { format } from "./format.ts";
import { createNpzWriter, openNpz, readNpz, writeNpz } from "./mod.ts";
import { directoryHeader, endRecords, localHeader } from "./zip_records.ts";

const A: NpyArray = { dtype: "uint8", shape: [3], order: "C", data: Uint8Array.of(0, 1, 2) };
const B: NpyArray = { dtype: "float64", shape: [2, 2], order: "F", data: Float64Array.of(1, 2, 3, 4) };

async function stored(bytes: Uint8Array): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put("a.npz", bytes);
  return store;
}

Deno.test("readNpz() reads what numpy.savez and numpy.savez_compressed write", async () => {
  await using store = await stored(SAVEZ);
  assertEquals(await readNpz(store, "a.npz"), new Map([["a", A]]));
  await store.put("b.npz", SAVEZ_COMPRESSED);
  const floats: NpyArray = {
    dtype: "float32",
    shape: [2, 3],
    order: "C",
    data: Float32Array.of(0, 1, 2, 3, 4, 5),
  };
  assertEquals(await readNpz(store, "b.npz"), new Map([["a", floats]]));
  const file = await openNpz(store, "b.npz");
  assertEquals((await file.header("a")).shape, [2, 3]);
  assertEquals((await (await file.open("a")).readRows(1, 2)).data, Float32Array.of(3, 4, 5));
});

for (const compression of ["stored", "deflate"] as const) {
  Deno.test(`writeNpz(): ${compression} arrays come back, in order, and names are as they were`, async () => {
    await using store = new MemoryStore();
    const arrays = {
      b: B,
      "a/é☃": A,
      t: stringArray(["x", "yz"]),
      empty: { ...A, shape: [0], data: new Uint8Array(0) },
    };
    const written = await writeNpz(store, "a.npz", arrays, { compression });
    assertEquals(written.names, Object.keys(arrays));
    const { bytes } = await getBytes(store, "a.npz");
    assertEquals([written.size, written.stored.size], [bytes.length, bytes.length]);
    const read = await readNpz(store, "a.npz");
    assertEquals([...read], Object.entries(arrays));
    assertEquals([...(await readNpz(store, "a.npz", { names: ["t"] })).keys()], ["t"]);
    const file = await openNpz(store, "a.npz");
    assertEquals(file.members.map((member) => member.compression), Array(4).fill(compression));
    await assertRejects(() => file.read("c"), TypeError, 'the array "c"');
    const into = new Float64Array(4);
    assertEquals((await file.read("b", { into })).data, into);
    assertEquals([...into], [1, 2, 3, 4]);
    // The same arrays are the same bytes.
    await writeNpz(store, "b.npz", new Map(Object.entries(arrays)), { compression });
    assertEquals((await getBytes(store, "b.npz")).bytes, bytes);
  });

  Deno.test(`createNpzWriter(): ${compression} arrays may be written as they come`, async () => {
    await using store = new MemoryStore();
    const data = Int32Array.from({ length: 1_000_000 }, (_, index) => index >> 3);
    const writer = await createNpzWriter(store, "a.npz", { compression });
    const array = await writer.createArray("big", { dtype: "int32", shape: [1000, 1000] });
    const piece = new Int32Array(250_000);
    for (let at = 0; at < data.length; at += piece.length) {
      piece.set(data.subarray(at, at + piece.length));
      await array.write(piece);
      piece.fill(-1);
    }
    await array.close();
    await writer.write("a", A);
    await writer.close();
    const read = await readNpz(store, "a.npz");
    assertEquals([...read.keys()], ["big", "a"]);
    assert(Buffer.from(read.get("big")?.data.buffer ?? new ArrayBuffer(0)).equals(Buffer.from(data.buffer)));
    const target = await targetOf(store);
    assertEquals((await format.verify(target)).checked, { "CRC-32 of a member": 2 });
  });

  Deno.test(`createNpzWriter(): ${compression} archives that fail leave nothing behind`, async () => {
    await using store = injectFaults(new MemoryStore(), []);
    const failed = async (use: (writer: Awaited<ReturnType<typeof createNpzWriter>>) => Promise<unknown>) => {
      const writer = await createNpzWriter(store, "a.npz", { compression });
      await assertRejects(() => use(writer));
      await assertRejects(() => writer.close());
      await assertRejects(() => writer.write("more", A));
    };
    await failed(async (writer) => {
      await writer.write("a", A);
      await writer.write("a", A);
    });
    await failed((writer) => writer.write("../a", A));
    await failed((writer) => writer.write("a", { ...A, shape: [4] }));
    await failed(async (writer) => {
      const array = await writer.createArray("a", { dtype: "uint8", shape: [4] });
      await array.write(new Uint8Array(3));
      await array.close();
    });
    await failed(async (writer) => {
      await writer.createArray("a", { dtype: "uint8", shape: [4] });
      await writer.write("b", A);
    });
    await failed(async (writer) => {
      await writer.createArray("a", { dtype: "uint8", shape: [4] });
      await writer.close();
    });
    const given = await createNpzWriter(store, "a.npz", { compression });
    await (await given.createArray("a", { dtype: "uint8", shape: [4] })).abort();
    assertEquals(store.openWriters, 0);
    {
      await using writer = await createNpzWriter(store, "a.npz", { compression });
      await using array = await writer.createArray("a", { dtype: "uint8", shape: [4] });
      await array.write(new Uint8Array(4));
    }
    assertEquals([store.openWriters, (await Array.fromAsync(store.list())).length], [0, 0]);
  });
}

Deno.test("writeNpz(): a store that fails in the middle is what it rejects with, and nothing hangs", async () => {
  for (const compression of ["stored", "deflate"] as const) {
    await using store = injectFaults(new MemoryStore(), []);
    const controller = new AbortController();
    const writer = await createNpzWriter(store, "a.npz", { compression, signal: controller.signal });
    const array = await writer.createArray("a", { dtype: "uint8", shape: [2 ** 24] });
    const noise = crypto.getRandomValues(new Uint8Array(2 ** 16));
    await array.write(noise);
    controller.abort(new Error("enough"));
    await assertRejects(
      async () => {
        for (let piece = 1; piece < 256; piece++) await array.write(noise);
        await array.close();
      },
      Error,
      "enough",
    );
    await assertRejects(() => writer.close());
    assertEquals(store.openWriters, 0);
  }
});

Deno.test("npz: a row of a stored array of 10 GB takes its own range besides the directory and the headers", async () => {
  const rowSize = 2 ** 20;
  const rows = 10_240;
  const npy = encodeHeader(parseLiteral("'|u1'"), [rows, rowSize], "C");
  const size = npy.length + rows * rowSize;
  const base = {
    method: 0 as const,
    crc32: 5,
    size,
    storedSize: size,
    later: false,
    name: new TextEncoder().encode("a.npy"),
  };
  const first = localHeader({ ...base, offset: 0 });
  const second = localHeader({
    ...base,
    offset: first.length + size,
    name: new TextEncoder().encode("b.npy"),
  });
  const directory = [
    directoryHeader({ ...base, offset: 0 }),
    directoryHeader({ ...base, offset: first.length + size, name: new TextEncoder().encode("b.npy") }),
  ];
  const start = first.length + second.length + 2 * size;
  const [one, two] = directory.map((each) => each.length);
  const end = endRecords(2, (one ?? 0) + (two ?? 0), start);
  const pieces = [
    { offset: 0, bytes: Uint8Array.from([...first, ...npy]) },
    { offset: first.length + size, bytes: Uint8Array.from([...second, ...npy]) },
    { offset: start, bytes: Uint8Array.from([...directory.flatMap((each) => [...each]), ...end]) },
  ];
  const total = start + (one ?? 0) + (two ?? 0) + end.length;
  await using store = new SparseStore({ "a.npz": { size: total, pieces } });
  const file = await openNpz(store, "a.npz");
  assertEquals(file.names, ["a", "b"]);
  const array = await file.open("b");
  const { data } = await array.readRows(9000, 9001);
  const offset = first.length + size + second.length + npy.length + 9000 * rowSize;
  assertEquals(store.ranges, [
    { offset: total - 65536, length: 65536 },
    { offset: first.length + size, length: 65536 },
    { offset, length: rowSize },
  ]);
  assertEquals([data[0], data[rowSize - 1]], [byteAt(offset), byteAt(offset + rowSize - 1)]);
});

Deno.test("npz: stored arrays begin at multiples of 64 bytes, wherever they lie", async () => {
  await using store = new MemoryStore();
  const arrays = Object.fromEntries(Array.from({ length: 10 }, (_, index) => ["n".repeat(7 * index + 1), A]));
  await writeNpz(store, "a.npz", arrays);
  const { bytes } = await getBytes(store, "a.npz");
  let found = 0;
  for (let at = bytes.indexOf(0x93); at >= 0; at = bytes.indexOf(0x93, at + 1)) {
    assertEquals(at % 64, 0);
    found++;
  }
  assertEquals(found, 10);
});

async function targetOf(store: MemoryStore) {
  const { ObjectSource } = await import("../source/mod.ts");
  return {
    store,
    key: "a.npz",
    open: (at?: "start" | "end") => ObjectSource.open(store, "a.npz", { ...(at && { at }) }),
  };
}

Deno.test("npz: described by its directory and headers, and every member is verified", async () => {
  await using store = new MemoryStore();
  await writeNpz(store, "a.npz", { a: A, b: B }, { compression: "deflate" });
  const description = await format.describe(await targetOf(store));
  assertEquals(
    description.arrays?.map((
      { name, dtype, shape, order, compression },
    ) => [name, dtype, shape, order, compression]),
    [
      ["a", "uint8", [3], "C", "deflate"],
      ["b", "float64", [2, 2], "F", "deflate"],
    ],
  );
  assertEquals(description.records, 2);
  await store.put("a.npz", Uint8Array.from(SAVEZ, (byte, at) => at === 183 ? byte ^ 1 : byte));
  const told: Error[] = [];
  const { checked, faults } = await format.verify(await targetOf(store), {
    onFault: (fault) => told.push(fault),
  });
  assertEquals([checked, faults.length, told], [{ "CRC-32 of a member": 0 }, 1, faults]);
  assert(faults[0]?.message.includes("has the CRC-32"));
});

Deno.test("npz: an array of Python objects is listed, and the others are read", async () => {
  await using store = new MemoryStore();
  await writeNpz(store, "a.npz", { a: A, b: B }, { compression: "stored" });
  const { bytes } = await getBytes(store, "a.npz");
  const text = Buffer.from(bytes).toString("latin1").replace("'descr': '|u1', ", "'descr': '|O',  ");
  await store.put("a.npz", Buffer.from(text, "latin1"));
  const { arrays } = await format.describe(await targetOf(store));
  assertEquals(arrays?.map(({ name, dtype, shape, order }) => [name, dtype, shape, order]), [
    ["a", "|O", [3], "C"],
    ["b", "float64", [2, 2], "F"],
  ]);
  const { rows } = await openHead(await openFormat(store, "a.npz"), { count: 9 });
  assertEquals((await Array.fromAsync(rows)).map((row) => row.at(-1)), [
    ["values", null],
    ["values", [...B.data]],
  ]);
  const file = await openNpz(store, "a.npz");
  assertEquals((await file.read("b")).data, B.data);
  await assertRejects(() => file.read("a"), UnsupportedError, "unpickled");
});

Deno.test("npz: arrays of any names and sizes come back", async () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5, unit: "grapheme" }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(names, fc.nat(300), fc.boolean(), async (names, length, deflate) => {
      const sound = names.filter((name) => !/^\/|^[A-Za-z]:|\\|\0|\.\./.test(name));
      await using store = new MemoryStore();
      const data = Uint8Array.from({ length }, (_, index) => index * index);
      const arrays = new Map(
        sound.map((name): [string, NpyArray] => [name, { ...A, shape: [length], data }]),
      );
      await writeNpz(store, "a.npz", arrays, { compression: deflate ? "deflate" : "stored" });
      assertEquals(await readNpz(store, "a.npz"), arrays);
    }),
    { numRuns: 50 },
  );
});
