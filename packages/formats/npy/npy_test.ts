import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { ChecksumMismatchError, UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import type { NumericArray } from "../array/mod.ts";
import { FormatError } from "../errors/mod.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { byteAt, SparseStore } from "../testing/sparse_store.ts";
import { encodeHeader } from "./encode_header.ts";
import {
  bytesArray,
  bytesOf,
  createNpyWriter,
  fieldOf,
  isNdArray,
  type NpyArray,
  type NpyType,
  openNpy,
  readNpy,
  readNpyHeader,
  stringArray,
  structArray,
  textsOf,
  writeNpy,
} from "./mod.ts";
import { parseLiteral } from "./parse_literal.ts";

const FLOATS: NpyArray = {
  dtype: "float32",
  shape: [2, 3],
  order: "C",
  data: Float32Array.of(0, 1, 2, 3, 4, 5),
};

/** A file of a dtype and shape as NumPy writes it, and these bytes behind the header. */
function fileOf(descr: string, shape: readonly number[], data: readonly number[], order: "C" | "F" = "C") {
  return Uint8Array.from([...encodeHeader(parseLiteral(descr), shape, order), ...data]);
}

async function stored(bytes: Uint8Array): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put("a.npy", bytes);
  return store;
}

Deno.test("writeNpy() writes what numpy.save writes, and readNpy() reads it", async () => {
  await using store = new MemoryStore();
  const written = await writeNpy(store, "a.npy", FLOATS);
  const { bytes } = await getBytes(store, "a.npy");
  assertEquals(bytes.length, 152);
  assertEquals(bytes, fileOf("'<f4'", [2, 3], [...new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer)]));
  assertEquals(written.stored.size, 152);
  assertEquals([written.key, written.descr, written.size], ["a.npy", "<f4", 152]);
  // By google-crc32c of the file that NumPy 2.4 wrote.
  assertEquals(written.crc32c, "/84Rhw==");
  assertEquals(await readNpy(store, "a.npy", { crc32c: written.crc32c }), FLOATS);
  const header = await readNpyHeader(store, "a.npy");
  assertEquals([header.version, header.descr, header.elements, header.dataOffset], ["1.0", "<f4", 6, 128]);
});

Deno.test("readNpy() turns big-endian numbers of every width, and tells that nowhere but in the header", async () => {
  for (
    const [descr, data, expected] of [
      ["'>i2'", [1, 2, 255, 254], Int16Array.of(0x102, -2)],
      ["'>u4'", [1, 2, 3, 4, 0, 0, 0, 1], Uint32Array.of(0x1020304, 1)],
      ["'>i8'", [0, 0, 0, 0, 0, 0, 0, 5, 255, 255, 255, 255, 255, 255, 255, 255], BigInt64Array.of(5n, -1n)],
      ["'>f2'", [0x3c, 0, 0xc0, 0], Float16Array.of(1, -2)],
      ["'>f8'", [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Float64Array.of(1, 0)],
      [
        "'>c8'",
        [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0xbf, 0x80, 0, 0],
        Float32Array.of(1, 2, 0, -1),
      ],
    ] as const
  ) {
    await using store = await stored(fileOf(descr, [2], [...data]));
    const array = await readNpy(store, "a.npy");
    assert(isNdArray(array));
    assertEquals(array.data, expected as NumericArray, descr);
    assertEquals((await readNpyHeader(store, "a.npy")).descr, descr.slice(1, -1));
  }
});

Deno.test("readNpy() fills the caller's memory, of the right length, place and kind only", async () => {
  await using store = new MemoryStore();
  await writeNpy(store, "a.npy", FLOATS);
  const into = new Float32Array(8).subarray(1, 7);
  const array = await readNpy(store, "a.npy", { into });
  assertStrictEquals(array.data, into);
  assertEquals([...into], [0, 1, 2, 3, 4, 5]);
  const bytes = new Uint8Array(12);
  const row = await readNpy(store, "a.npy", { rows: { from: 1 }, into: bytes });
  assertStrictEquals(row.data.buffer, bytes.buffer);
  assertEquals([...row.data], [3, 4, 5]);
  await assertRejects(
    () => readNpy(store, "a.npy", { into: new Uint8Array(23) }),
    RangeError,
    "into 23 bytes: it takes exactly 24",
  );
  await assertRejects(
    () => readNpy(store, "a.npy", { into: new Float32Array(7) }),
    RangeError,
    "into 28 bytes",
  );
  await assertRejects(
    () => readNpy(store, "a.npy", { into: new Uint8Array(25).subarray(1) }),
    RangeError,
    "a multiple of 4",
  );
});

Deno.test("readNpy() of rows takes those, and refuses what is none", async () => {
  await using store = new MemoryStore();
  const data = Int16Array.from({ length: 24 }, (_, index) => index);
  await writeNpy(store, "c.npy", { dtype: "int16", shape: [4, 3, 2], order: "C", data });
  const rows = await readNpy(store, "c.npy", { rows: { from: 1, to: 3 } });
  assertEquals(rows, { dtype: "int16", shape: [2, 3, 2], order: "C", data: data.slice(6, 18) });
  assertEquals((await readNpy(store, "c.npy", { rows: { from: 4 } })).shape, [0, 3, 2]);
  for (const [from, to] of [[0, 5], [3, 2], [-1, 2], [0.5, 2], [0, NaN]] as const) {
    await assertRejects(() => readNpy(store, "c.npy", { rows: { from, to } }), RangeError, "it has 4");
  }
  await writeNpy(store, "f.npy", { dtype: "int16", shape: [4, 6], order: "F", data });
  assertEquals((await readNpy(store, "f.npy")).order, "F");
  await assertRejects(() => readNpy(store, "f.npy", { rows: {} }), UnsupportedError, "ascontiguousarray");
  await writeNpy(store, "0.npy", { dtype: "int16", shape: [], order: "C", data: data.slice(0, 1) });
  assertEquals((await readNpy(store, "0.npy")).shape, []);
  await assertRejects(() => readNpy(store, "0.npy", { rows: {} }), RangeError, "a single value");
  await assertRejects(
    () => readNpy(store, "c.npy", { rows: {}, crc32c: "AAAAAA==" }),
    TypeError,
    "leave out",
  );
});

Deno.test("readNpy(): header and row of 10 GB are two ranges of their own size", async () => {
  const rowSize = 2 ** 20;
  const header = encodeHeader(parseLiteral("'|u1'"), [10_240, rowSize], "C");
  const size = header.length + 10_240 * rowSize;
  await using store = new SparseStore({ "a.npy": { size, pieces: [{ offset: 0, bytes: header }] } });
  const { shape, data } = await readNpy(store, "a.npy", { rows: { from: 10_000, to: 10_001 }, window: 4096 });
  assertEquals(shape, [1, rowSize]);
  const offset = header.length + 10_000 * rowSize;
  assertEquals(store.ranges, [{ offset: 0, length: 4096 }, { offset, length: rowSize }]);
  assertEquals([data[0], data[rowSize - 1]], [byteAt(offset), byteAt(offset + rowSize - 1)]);
});

Deno.test("readNpy() of a small array is one request", async () => {
  await using store = injectFaults(new MemoryStore(), []);
  await writeNpy(store, "a.npy", FLOATS);
  await readNpy(store, "a.npy");
  assertEquals(store.calls.filter(({ operation }) => operation === "get").length, 1);
});

Deno.test("npy: texts, byte strings, times and structured elements come back as they were", async () => {
  await using store = new MemoryStore();
  const texts = stringArray(["", "a", "héllo ☃", "😀"], [2, 2]);
  await writeNpy(store, "u.npy", texts);
  const read = await readNpy(store, "u.npy");
  assertEquals(read, texts);
  assertEquals(textsOf(read), ["", "a", "héllo ☃", "😀"]);
  const blobs = bytesArray([Uint8Array.of(1, 0, 2, 0), Uint8Array.of(), Uint8Array.of(255)]);
  await writeNpy(store, "s.npy", blobs);
  assertEquals(bytesOf(await readNpy(store, "s.npy")).map((each) => [...each]), [[1, 0, 2], [], [255]]);
  const times: NpyArray = {
    dtype: "datetime",
    unit: "s",
    step: 25,
    shape: [2],
    order: "C",
    data: BigInt64Array.of(1n, -(2n ** 63n)),
  };
  await writeNpy(store, "m.npy", times);
  assertEquals(await readNpy(store, "m.npy"), times);
  const one = { dtype: "bool" as const, shape: [3], order: "C" as const, data: Uint8Array.of(1, 0, 1) };
  const inner = structArray({ s: blobs, t: { ...times, shape: [3], data: BigInt64Array.of(1n, 2n, 3n) } });
  const outer = structArray({ one, inner });
  const { descr } = await writeNpy(store, "v.npy", outer);
  assertEquals(descr, "[('one', '|b1'), ('inner', [('s', '|S4'), ('t', '<M8[25s]')])]");
  const back = await readNpy(store, "v.npy");
  assertEquals(back, outer);
  assertEquals(fieldOf(back, "one"), one);
  assertEquals([...fieldOf(fieldOf(back, "inner"), "t").data], [1n, 2n, 3n]);
});

Deno.test("npy: fields keep titles, padding, shapes and byte orders of their own", async () => {
  const descr = "[(('title', 'a'), '>i2'), ('', '|V2'), ('b', [('x', '>f4', (2,)), ('y', '|b1')], (2,))]";
  const item = (a: number) => [0, a, 9, 9, 0x3f, 0x80, 0, 0, 0, 0, 0, 0, 1, 0x40, 0, 0, 0, 0, 0, 0, 0, 0];
  await using store = await stored(fileOf(descr, [2], [...item(5), ...item(6)]));
  const array = await readNpy(store, "a.npy");
  assertEquals([...fieldOf(array, "a").data], [5, 6]);
  assertEquals([...fieldOf(array, "title").data], [5, 6]);
  const b = fieldOf(array, "b");
  assertEquals(b.shape, [2, 2]);
  assertEquals(fieldOf(b, "x").shape, [2, 2, 2]);
  assertEquals([...fieldOf(b, "x").data], [1, 0, 2, 0, 1, 0, 2, 0]);
  assertEquals([...fieldOf(b, "y").data], [1, 0, 1, 0]);
  // Written again it says the same, in little-endian order.
  await writeNpy(store, "b.npy", array);
  assertEquals((await readNpyHeader(store, "b.npy")).descr, descr.replaceAll(">", "<"));
  assertEquals(await readNpy(store, "b.npy"), array);
});

Deno.test("npy: what is no array of its kind is refused", async () => {
  await using store = await stored(fileOf("'|b1'", [3], [0, 1, 2]));
  const fault = "a bool is 2, neither 0 nor 1";
  await assertRejects(() => readNpy(store, "a.npy"), FormatError, fault);
  await assertRejects(async () => await (await openNpy(store, "a.npy")).check(), FormatError, fault);
  const bools: NpyArray = { dtype: "bool", shape: [1], order: "C", data: Uint8Array.of(2) };
  await assertRejects(() => writeNpy(store, "b.npy", bools), TypeError, fault);
  const bfloats: NpyArray = { dtype: "bfloat16", shape: [1], order: "C", data: Uint16Array.of(2) };
  await assertRejects(() => writeNpy(store, "b.npy", bfloats), UnsupportedError, "npy has no bfloat16");
  for (const shape of [[2], [0], [1.5], [-1], [2 ** 53]]) {
    await assertRejects(() => writeNpy(store, "b.npy", { ...FLOATS, shape }), RangeError);
  }
  await assertRejects(
    () => writeNpy(store, "b.npy", { ...FLOATS, data: Int32Array.of(1) }),
    TypeError,
    "Float32Array",
  );
  const over = { dtype: "float32" as const };
  const fields = [{ name: "a", type: over, shape: [], offset: 0 }, {
    name: "b",
    type: over,
    shape: [],
    offset: 2,
  }];
  const struct: NpyArray = {
    dtype: "struct",
    length: 6,
    fields,
    shape: [1],
    order: "C",
    data: new Uint8Array(6),
  };
  await assertRejects(() => writeNpy(store, "b.npy", struct), TypeError, "lie over one another");
  assertEquals(await Array.fromAsync(store.list("b")), []);
  const far = { dtype: "string" as const, length: 1, shape: [1], order: "C" as const };
  const array: NpyArray = { ...far, data: Uint8Array.of(0, 0, 0x11, 0) };
  try {
    textsOf(array);
    assert(false);
  } catch (error) {
    assert(error instanceof RangeError && error.message.includes("no character"));
  }
});

Deno.test("createNpyWriter() writes rows as they come, and nothing where they are too few or too many", async () => {
  await using store = injectFaults(new MemoryStore(), []);
  const shape = { dtype: "float32" as const, shape: [2, 3] };
  const writer = await createNpyWriter(store, "a.npy", shape);
  await writer.write(Float32Array.of(0, 1));
  await writer.write(new Uint8Array(Float32Array.of(2, 3, 4).buffer));
  assertEquals(writer.bytesLeft, 4);
  await writer.write(Float32Array.of(5));
  const { crc32c } = await writer.close();
  assertEquals(await readNpy(store, "a.npy", { crc32c }), FLOATS);
  for (
    const [elements, message] of [
      [new Float32Array(7), "28 bytes are more than the 24"],
      [new Uint8Array(5), "no whole number of elements of 4"],
      [new Float64Array(1), "Float32Array is needed"],
    ] as const
  ) {
    const failed = await createNpyWriter(store, "b.npy", shape);
    await assertRejects(() => failed.write(elements), Error, message);
    await assertRejects(() => failed.close());
  }
  const short = await createNpyWriter(store, "b.npy", shape);
  await short.write(new Float32Array(5));
  await assertRejects(() => short.close(), RangeError, "20 of the 24 bytes");
  {
    await using left = await createNpyWriter(store, "b.npy", shape);
    await left.write(new Float32Array(6));
  }
  assertEquals(store.openWriters, 0);
  assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["a.npy"]);
});

Deno.test("readNpy() of other bytes than the checksum is of is a ChecksumMismatchError", async () => {
  await using store = new MemoryStore();
  const { crc32c } = await writeNpy(store, "a.npy", FLOATS);
  const bytes = (await getBytes(store, "a.npy")).bytes;
  for (const at of [100, 140]) {
    const other = bytes.slice();
    // A space of the header that is none of a Latin-1 text is found before the checksum is.
    other[at] = at === 100 ? 0x0a : 1;
    await store.put("a.npy", other);
    await assertRejects(() => readNpy(store, "a.npy", { crc32c }), ChecksumMismatchError, "is expected");
  }
});

Deno.test("npy: all damage of the header is found, but what makes another sound one; of the elements none", async () => {
  const whole = fileOf("[('a', '>i2'), ('b', '|S1')]", [1], [1, 2, 3]);
  const text = new TextDecoder().decode(whole.subarray(10));
  const name = text.indexOf("a'") + 10;
  const other = text.indexOf("b'") + 10;
  // The names of fields, and the elements themselves.
  const unseen = new Set([name, other, ...[0, 1, 2].map((each) => whole.length - 1 - each)]);
  await assertDamageIsFound(whole, {
    key: "a.npy",
    read: (store, key) => readNpy(store, key),
    isUndetectable: ({ what }) => {
      const [, at] = /^byte (\d+) /.exec(what) ?? [];
      return at !== undefined && unseen.has(Number(at));
    },
  });
});

Deno.test("npy: arrays of any dtype, shape and order come back, whole and by rows", async () => {
  const dtypes = [
    "bool",
    "int8",
    "uint16",
    "int64",
    "float16",
    "float64",
    "complex64",
    "complex128",
  ] as const;
  const type = fc.oneof(
    fc.constantFrom(...dtypes).map((dtype): NpyType => ({ dtype })),
    fc.constantFrom<NpyType>(
      { dtype: "timedelta", unit: "generic", step: 1 },
      { dtype: "datetime", unit: "as", step: 3 },
      { dtype: "bytes", length: 0 },
      { dtype: "bytes", length: 5 },
      { dtype: "void", length: 3 },
      { dtype: "string", length: 2 },
    ),
  );
  const shape = fc.array(fc.nat(4), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(type, shape, fc.constantFrom("C" as const, "F" as const), async (type, shape, order) => {
      await using store = new MemoryStore();
      const elements = shape.reduce((product, length) => product * length, 1);
      // More elements of no bytes than the file has bytes are not read.
      fc.pre(elements < 128 || !("length" in type) || type.length > 0);
      const { elementSize, data } = await emptyOf(store, type, elements);
      const bytes = new Uint8Array(data.buffer);
      for (let at = 0; at < elements * elementSize; at++) {
        bytes[at] = type.dtype === "bool" ? at % 2 : at * 37;
      }
      const array: NpyArray = { ...type, shape, order: shape.length > 1 ? order : "C", data };
      await writeNpy(store, "a.npy", array);
      assertEquals(await readNpy(store, "a.npy"), array);
      if (shape.length === 0 || array.order === "F") return;
      const from = Math.floor((shape[0] ?? 0) / 2);
      const rows = await readNpy(store, "a.npy", { rows: { from } });
      assertEquals(rows.shape, [(shape[0] ?? 0) - from, ...shape.slice(1)]);
      assertEquals(rows.data, data.slice(data.length - rows.data.length));
    }),
  );
});

/** The memory that elements of a type take, by what is read of a file of zeros. */
async function emptyOf(store: MemoryStore, type: NpyType, elements: number) {
  const zeros = await createNpyWriter(store, "zeros.npy", { ...type, shape: [elements] });
  const { bytesLeft } = zeros;
  await zeros.write(new Uint8Array(bytesLeft));
  await zeros.close();
  const { data } = await readNpy(store, "zeros.npy");
  return { elementSize: elements === 0 ? 0 : bytesLeft / elements, data };
}
