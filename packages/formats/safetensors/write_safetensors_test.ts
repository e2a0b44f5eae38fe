import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext, getBytes, MemoryStore } from "@lade/core";
import { openDirectStore } from "@lade/fs";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { byteLengthOf, type DType, elementsOf, layoutOf } from "../array/dtype.ts";
import { decodeHex } from "../testing/hex.ts";
import { openSafetensors } from "./safetensors_file.ts";
import type { TensorToWrite } from "./tensor_data.ts";
import { writeSafetensors } from "./write_safetensors.ts";

async function bytesOf(store: MemoryStore, key: string): Promise<Uint8Array> {
  return (await getBytes(store, key)).bytes;
}

Deno.test("writeSafetensors: the file is the reference implementation's, byte for byte", async () => {
  await using store = new MemoryStore();
  const { size, tensors } = await writeSafetensors(store, "m", [
    { name: "b", dtype: "uint8", shape: [3], data: Uint8Array.of(0, 1, 2) },
    { name: "a", dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: "é☃", dtype: "int64", shape: [], order: "C", data: BigInt64Array.of(-1n) },
    { name: "e", dtype: "float16", shape: [0, 2], data: new Float16Array(0) },
  ], { metadata: { k: 'v "1"\n' } });
  const bytes = await bytesOf(store, "m");
  assertEquals([size, bytes.length], [299, 299]);
  assertEquals(tensors[0]?.name, "é☃");
  assertEquals(
    bytes.subarray(272),
    decodeHex("ffffffffffffffff0000803f000000400000404000008040000102"),
  );
});

const DTYPES: readonly DType[] = [
  "bool",
  "float4_e2m1",
  "float6_e2m3",
  "uint8",
  "int8",
  "float8_e4m3fnuz",
  "int16",
  "float16",
  "bfloat16",
  "uint32",
  "float32",
  "complex64",
  "float64",
  "int64",
];

/** Gives the same bytes in one of the ways in which they can be given. */
function given(bytes: Uint8Array<ArrayBuffer>, dtype: DType, way: number): TensorToWrite["data"] {
  switch (way) {
    case 0:
      return bytes;
    case 1:
      return layoutOf(dtype).view(bytes.buffer, 0, bytes.length);
    case 2:
      return () => bytes;
    case 3:
      return () => Promise.resolve(layoutOf(dtype).view(bytes.buffer, 0, bytes.length));
    default:
      // The memory of a piece is used again for the next one.
      return async function* () {
        const scratch = new Uint8Array(1000 + way);
        for (let at = 0; at < bytes.length; at += scratch.length) {
          const piece = bytes.subarray(at, at + scratch.length);
          scratch.set(piece);
          yield scratch.subarray(0, piece.length);
          scratch.fill(0xee);
        }
      };
  }
}

/** A store that looks at the bytes of a part some while after it was given them, as one does that sends them. */
function lateStore(): MemoryStore {
  const store = new MemoryStore();
  const { createPartWriter } = store;
  store.createPartWriter = async (...args) => {
    const writer = await createPartWriter.apply(store, args);
    const { writePart } = writer;
    writer.writePart = async (index, bytes) => {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      await writePart.call(writer, index, bytes);
    };
    return writer;
  };
  return store;
}

const anyTensor = fc.record({
  dtype: fc.constantFrom(...DTYPES),
  shape: fc.array(fc.nat(40), { maxLength: 2 }).map((shape) => [...shape, 4]),
  way: fc.nat(6),
  seed: fc.nat(255),
});

Deno.test("writeSafetensors: random tensors, given in any way, come back", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(anyTensor, { maxLength: 8 }),
    fc.constantFrom(8, 64, 4096),
    fc.constantFrom(700, 2 ** 20),
    async (tensors, alignment, partSize) => {
      await using store = lateStore();
      const bytes = tensors.map(({ dtype, shape, seed }) =>
        Uint8Array.from(
          { length: byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0 },
          (_, at) => at * 7 + seed + (at >> 8),
        )
      );
      const { size } = await writeSafetensors(
        store,
        "m",
        tensors.map(({ dtype, shape, way }, index) => ({
          name: `t${index}`,
          dtype,
          shape,
          data: given(bytes[index] ?? new Uint8Array(), dtype, way),
        })),
        { alignment, partSize, concurrency: 3 },
      );
      const file = await openSafetensors(store, "m");
      assertEquals([file.source.size, file.dataOffset % alignment], [size, 0]);
      const all = await file.readAll();
      assertEquals(all.size, tensors.length);
      tensors.forEach(({ dtype, shape }, index) => {
        const array = all.get(`t${index}`);
        assertEquals([array?.dtype, array?.shape], [dtype, shape]);
        assertEquals(new Uint8Array(array?.data.buffer ?? new ArrayBuffer(0)), bytes[index]);
      });
      assertEquals(store.context.budget.held, 0);
    },
  ));
});

Deno.test("writeSafetensors: a tensor at a time is asked for, in the order of the file", async () => {
  await using store = new MemoryStore();
  const order: string[] = [];
  const tensor = (name: string, dtype: DType): TensorToWrite => ({
    name,
    dtype,
    shape: [2],
    data: function* () {
      order.push(`${name} begins`);
      yield new Uint8Array(byteLengthOf(dtype, 2) ?? 0);
      order.push(`${name} ends`);
    },
  });
  await writeSafetensors(store, "m", [tensor("c", "bool"), tensor("b", "float32"), tensor("a", "bool")]);
  assertEquals(order, ["b begins", "b ends", "a begins", "a ends", "c begins", "c ends"]);
});

Deno.test("writeSafetensors: functions may give the same memory again, and arrays lie anywhere in one", async () => {
  await using store = lateStore();
  const scratch = new Uint8Array(4000);
  const apart = Uint8Array.from({ length: 9000 }, (_, at) => at * 3 + (at >> 8));
  const tensor = (name: string, data: TensorToWrite["data"]): TensorToWrite => {
    return { name, dtype: "uint8", shape: [4000], data };
  };
  await writeSafetensors(store, "m", [
    tensor("a", () => scratch.fill(1)),
    tensor("b", () => Promise.resolve(scratch.fill(2))),
    tensor("c", () => [scratch.fill(3)]),
    tensor("d", apart.subarray(5000)),
    tensor("e", apart.subarray(0, 4000)),
  ], { alignment: 512, partSize: 500, concurrency: 20 });
  const all = await (await openSafetensors(store, "m")).readAll();
  for (const [name, value] of [["a", 1], ["b", 2], ["c", 3]] as const) {
    assertEquals(all.get(name)?.data, new Uint8Array(4000).fill(value));
  }
  assertEquals(all.get("d")?.data, apart.slice(5000));
  assertEquals(all.get("e")?.data, apart.slice(0, 4000));
});

Deno.test("writeSafetensors: wrong data are refused before anything is written", async () => {
  await using store = injectFaults(new MemoryStore(), []);
  const one = { name: "w", dtype: "float32", shape: [2] } as const;
  for (
    const [tensor, kind, message] of [
      [{ ...one, data: new Float32Array(3) }, RangeError, "have 12 bytes, its shape takes 8"],
      [
        { ...one, data: new Float64Array(1) },
        TypeError,
        "float32 is given as a Float64Array, not as a Float32Array",
      ],
      [{ ...one, data: [1, 2] as unknown as Uint8Array }, TypeError, "neither an array nor a function"],
      [{ ...one, order: "F", data: new Float32Array(2) }, TypeError, "C order only"],
      [{ ...one, dtype: "complex128", shape: [1], data: new Float64Array(2) }, TypeError, "no complex128"],
    ] as [TensorToWrite, typeof TypeError, string][]
  ) {
    await assertRejects(() => writeSafetensors(store, "m", [tensor]), kind, message);
  }
  assertEquals(store.calls, []);
});

Deno.test("writeSafetensors: what a function does wrong leaves nothing behind", async () => {
  await using store = new MemoryStore();
  const one = { name: "w", dtype: "uint8", shape: [5000] } as const;
  const boom = new Error("boom");
  for (
    const [data, message] of [
      [() => new Uint8Array(4999), "4999 bytes came, its shape takes 5000"],
      [() => [new Uint8Array(4000), new Uint8Array(1001)], "more bytes came"],
      [() => [new Uint8Array(4000)], "4000 bytes came"],
      [() => [], "0 bytes came"],
      [function* () {
        yield new Uint8Array(3000);
        throw boom;
      }, "boom"],
      [() => Promise.reject(boom), "boom"],
    ] as [TensorToWrite["data"], string][]
  ) {
    await assertRejects(
      () => writeSafetensors(store, "m", [{ ...one, data }], { partSize: 1000 }),
      Error,
      message,
    );
    assertEquals(await Array.fromAsync(store.list()), []);
    assertEquals(store.context.budget.held, 0);
  }
});

Deno.test("writeSafetensors: an abort ends it", async () => {
  await using store = new MemoryStore();
  const stop = new AbortController();
  const data = async function* () {
    yield new Uint8Array(3000);
    stop.abort(new Error("enough"));
    yield new Uint8Array(2000);
  };
  await assertRejects(
    () =>
      writeSafetensors(store, "m", [{ name: "w", dtype: "uint8", shape: [5000], data }], {
        partSize: 1000,
        signal: stop.signal,
      }),
    Error,
    "enough",
  );
  assertEquals(await Array.fromAsync(store.list()), []);
});

Deno.test("writeSafetensors: what lies in one piece of memory is written from there", async () => {
  await using store = new MemoryStore();
  const parts: Uint8Array[] = [];
  const { createPartWriter } = store;
  store.createPartWriter = async (...args) => {
    const writer = await createPartWriter.apply(store, args);
    const { writePart } = writer;
    writer.writePart = (index, bytes) => {
      parts[index] = bytes;
      return writePart.call(writer, index, bytes);
    };
    return writer;
  };
  // Two tensors side by side, as they lie in the file, and one elsewhere.
  const slab = store.context.buffers.lease(5 * 4096).bytes;
  const apart = new Uint8Array(4096).fill(3);
  slab.forEach((_, at) => slab[at] = at >> 8);
  const floats = new Float32Array(slab.buffer, 0, 2500);
  await writeSafetensors(store, "m", [
    { name: "a", dtype: "float32", shape: [2500], data: floats },
    { name: "b", dtype: "uint8", shape: [2288], data: slab.subarray(10_000, 3 * 4096) },
    { name: "c", dtype: "uint8", shape: [4096], data: apart },
  ], { alignment: 4096, partSize: 4096 });
  assertEquals(parts.map(({ buffer, byteOffset }) => [buffer === slab.buffer, byteOffset]).slice(1, 4), [
    [true, 0],
    [true, 4096],
    [true, 8192],
  ]);
  assertEquals([parts.length, parts[4]?.buffer === apart.buffer], [5, true]);
  assertEquals((await bytesOf(store, "m")).subarray(4096, 4 * 4096), slab.slice(0, 3 * 4096));
});

Deno.test("writeSafetensors: from aligned memory through direct://, and read from there", async () => {
  const root = await Deno.makeTempDir();
  try {
    const context = createStoreContext();
    await using store = await openDirectStore(root, { context });
    const slab = context.buffers.lease(3 * 2 ** 20 + 10);
    const data = slab.bytes.subarray(0, 3 * 2 ** 20 + 10);
    data.forEach((_, at) => data[at] = at * 31 >> 8);
    await writeSafetensors(store, "d/m", [{ name: "w", dtype: "uint8", shape: [data.length], data }]);
    const file = await openSafetensors(store, "d/m");
    assertEquals(file.dataOffset, 4096);
    const target = context.buffers.lease(file.dataLength);
    const read = await file.readAll({ target: target.bytes.subarray(0, file.dataLength) });
    assertEquals(read.get("w")?.data, data);
    assertEquals((await file.read("w", { rows: { from: 5000, to: 9000 } })).data, data.slice(5000, 9000));
    target.release();
    slab.release();
    assertEquals(context.budget.held, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("writeSafetensors: attributes of the object are its own", async () => {
  await using store = new MemoryStore();
  await writeSafetensors(store, "m", [], { metadata: { of: "file" }, objectMetadata: { of: "object" } });
  assertEquals((await store.head("m")).metadata, { of: "object" });
  assertEquals((await openSafetensors(store, "m")).metadata, { of: "file" });
});
