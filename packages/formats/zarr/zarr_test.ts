import { deflateSync, gzipSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { MemoryStore, ObjectStore } from "@lade/core";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import fc from "fast-check";
import { FormatError } from "../errors/format_error.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { SparseStore } from "../testing/sparse_store.ts";
import { BYTES, encode, sharded, storeOf, v3, withCrc } from "../testing/zarr_objects.ts";
import { format } from "./format.ts";
import { openZarr, openZarrArray, ZarrGroup } from "./mod.ts";
import { verifyZarr } from "./verify_zarr.ts";

// zarr-python 3.1: float32 of 4 × 6, its first two rows 0 to 11, in shards of 4 × 4 and chunks of 2 × 2 by zstd and CRC-32C.
const ZSTD = [BYTES, { name: "zstd", configuration: { level: 1, checksum: false } }, { name: "crc32c" }];
const SHARDED = v3({
  shape: [4, 6],
  chunks: [4, 4],
  type: "float32",
  codecs: [sharded([2, 2], ZSTD)],
  fill: -1,
});
const SHARDS = {
  "c/0/0":
    "KLUv/SAQgQAAAAAAAAAAgD8AAMBAAADgQOwtpSIotS/9IBCBAAAAAABAAABAQAAAAEEAABBB2xnIxAAAAAAAAAAAHQAAAAAAAAAdAAAAAAAAAB0AAAA" +
    "AAAAA///////////////////////////////////////////rMZfR",
  "c/0/1":
    "KLUv/SAQgQAAAACAQAAAoEAAACBBAAAwQWHPv/0AAAAAAAAAAB0AAAAAAAAA////////////////////////////////////////////////////////////" +
    "////Y41Tzw==",
};

async function shardedStore(): Promise<MemoryStore> {
  const shards = Object.entries(SHARDS).map(([key, text]) =>
    [`a/${key}`, Uint8Array.fromBase64(text)] as const
  );
  return await storeOf({ "a/zarr.json": SHARDED, ...Object.fromEntries(shards) });
}

Deno.test("Zarr: shards of zarr-python, whole and a region", async () => {
  await using store = await shardedStore();
  const array = await openZarrArray(store, "a");
  assertEquals([array.shape, array.dtype, array.chunks, array.shards], [[4, 6], "float32", [2, 2], [4, 4]]);
  const { data, shape, order } = await array.read();
  assertEquals([shape, order], [[4, 6], "C"]);
  assertEquals(data, Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...new Array(12).fill(-1)]));
  const part = await array.read({ region: [[1, 3], [3, 5]] });
  assertEquals([part.shape, part.data], [[2, 2], Float32Array.of(9, 10, -1, -1)]);
  assertEquals((await array.read({ region: [[1, 1], null] })).data.length, 0);
  assertEquals((await array.read({ region: [[1, 2]] })).shape, [1, 6]);
  for (const region of [[[0, 5]], [[-1, 2]], [[3, 2]], [null, null, null], [[0.5, 1]]]) {
    await assertRejects(() => array.read({ region: region as [number, number][] }), RangeError);
  }
  await assertRejects(() => array.read({ signal: AbortSignal.abort(new Error("stop")) }), Error, "stop");
});

Deno.test("Zarr: zarr-python's version 2 by Blosc, big-endian and in Fortran's order", async () => {
  const metadata = encode({
    ...{
      zarr_format: 2,
      shape: [3, 4],
      chunks: [2, 4],
      dtype: ">i2",
      fill_value: 9,
      order: "F",
      filters: null,
    },
    compressor: { id: "blosc", cname: "lz4", clevel: 5, shuffle: 1, blocksize: 0 },
  });
  const chunk = Uint8Array.fromBase64("AgEzAhAAAAAQAAAAIAAAAAAAAAQAAQAFAAIABgADAAc=");
  await using store = await storeOf({ "a/.zarray": metadata, "a/0.0": chunk });
  const { data } = await (await openZarrArray(store, "a/")).read();
  assertEquals(data, Int16Array.of(0, 1, 2, 3, 4, 5, 6, 7, 9, 9, 9, 9));
});

Deno.test("Zarr: every damage of a shard with checksums is found, by reading it and by verify", async () => {
  const whole = Uint8Array.fromBase64(SHARDS["c/0/0"]);
  for (
    const read of [
      async (store: ObjectStore) => await (await openZarrArray(store, "a")).read(),
      async (store: ObjectStore) => {
        const { faults, checked } = await verifyZarr(store, "a/");
        for (const fault of faults) throw fault;
        return checked;
      },
    ]
  ) {
    await assertDamageIsFound(whole, {
      key: "a/c/0/0",
      read: async (store) => {
        await store.put("a/zarr.json", SHARDED);
        await read(store);
      },
      // An index at the end of the object is of what lies before it, and may leave bytes out.
      isUndetectable: ({ what }) => what === "lengthened by itself",
    });
  }
  await using store = await shardedStore();
  assertEquals(await verifyZarr(store, "a/"), {
    checked: { "CRC-32C of a chunk": 3, "CRC-32C of a shard's index": 2 },
    unchecked: 0,
    bytes: 223,
    faults: [],
  });
});

Deno.test("Zarr: verification counts the chunks of a shard that bear no checksum, whatever its index bears", async () => {
  const index = withCrc(new Uint8Array(BigUint64Array.of(0n, 3n, 3n, 3n).buffer));
  const shard = Uint8Array.of(1, 2, 3, 4, 5, 6, ...index);
  const metadata = v3({ shape: [6], chunks: [6], codecs: [sharded([3], [BYTES])] });
  await using store = await storeOf({ "a/zarr.json": metadata, "a/c/0": shard });
  assertEquals(await verifyZarr(store, "a/"), {
    checked: { "CRC-32C of a shard's index": 1 },
    unchecked: 6,
    bytes: shard.length,
    faults: [],
  });
});

Deno.test("Zarr: damage of chunks by gzip and zlib is found, and of those without a checksum their length", async () => {
  const values = Uint8Array.from({ length: 40 }, (_, index) => index * 3);
  for (
    const [codec, bytes] of [["gzip", gzipSync(values)], ["zlib", deflateSync(values)], [
      undefined,
      values,
    ]] as const
  ) {
    let isSame = false;
    await assertDamageIsFound(new Uint8Array(bytes), {
      key: "a/c/0",
      read: async (store) => {
        const codecs = [BYTES, ...(codec ? [{ name: codec }] : [])];
        await store.put("a/zarr.json", v3({ shape: [40], chunks: [40], codecs }));
        const { data } = await (await openZarrArray(store, "a")).read();
        isSame = data.every((value, index) => value === values[index]);
      },
      // Some bits have no meaning, such as the time in a gzip header; bytes without a checksum tell nothing but their number.
      isUndetectable: ({ what }) => what.startsWith("byte") && (!codec || isSame),
    });
  }
});

Deno.test("Zarr: whatever its metadata are, reading ends in an array or an error of ours", async () => {
  await assertDamageIsFound(SHARDED, {
    key: "a/zarr.json",
    read: async (store) => {
      for (const [key, text] of Object.entries(SHARDS)) {
        await store.put(`a/${key}`, Uint8Array.fromBase64(text));
      }
      const array = await openZarrArray(store, "a");
      await array.read({ region: array.shape.map((length) => [0, Math.min(length, 6)] as const) });
    },
    // It has no checksum, and other digits are another array.
    isUndetectable: () => true,
  });
});

Deno.test("Zarr: metadata that ask for what cannot be are FormatErrors, before memory is taken", async () => {
  const refused: [bytes: Uint8Array, word: string][] = [
    [v3({ shape: [4], chunks: [0] }), "chunk_shape"],
    [v3({ shape: [-4], chunks: [1] }), "as shape"],
    [v3({ shape: [4, 4], chunks: [2] }), "1 dimensions of 2"],
    [v3({ shape: [2 ** 40, 2 ** 40], chunks: [1, 1] }), "too large"],
    [v3({ shape: new Array(33).fill(1), chunks: new Array(33).fill(1) }), "33 dimensions"],
    [v3({ shape: [8], chunks: [4], codecs: [sharded([3], [BYTES])] }), "in shards of"],
    [v3({ shape: [8], chunks: [2 ** 30], codecs: [sharded([1], [BYTES])] }), "in shards of"],
    [v3({ shape: [4], chunks: [4], fill: 256 }), "fill_value"],
    [v3({ shape: [4], chunks: [4], fill: "NaN" }), "fill_value"],
    [
      v3({
        shape: [4, 4],
        chunks: [4, 4],
        codecs: [{ name: "transpose", configuration: { order: [1, 1] } }, BYTES],
      }),
      "order",
    ],
    [v3({ shape: [4], chunks: [4], more: { node_type: "table" } }), "table"],
    [encode([1]), "no object"],
    [new TextEncoder().encode("{"), "no JSON"],
  ];
  for (const [bytes, word] of refused) {
    await using store = await storeOf({ "a/zarr.json": bytes });
    await assertRejects(() => openZarr(store, "a"), FormatError, word);
  }
  // A chunk of one terabyte by its metadata, and of a few bytes.
  for (const name of ["gzip", "zlib", "zstd", "lz4", "blosc", "crc32c"]) {
    const metadata = v3({ shape: [2 ** 40], chunks: [2 ** 40], codecs: [BYTES, { name }] });
    await using store = await storeOf({ "a/zarr.json": metadata, "a/c/0": new Uint8Array(30) });
    const array = await openZarrArray(store, "a");
    await assertRejects(() => array.read({ region: [[5, 9]] }), FormatError);
  }
});

Deno.test("Zarr: what cannot be read is named, and described", async () => {
  const vlen = v3({ shape: [4], chunks: [2], type: "string", codecs: [{ name: "vlen-utf8" }], fill: "" });
  const unknown = v3({ shape: [4], chunks: [2], codecs: [BYTES, { name: "x.mystery" }] });
  await using store = await storeOf({ "s/zarr.json": vlen, "u/zarr.json": unknown });
  await assertRejects(
    async () => await (await openZarrArray(store, "s")).read(),
    UnsupportedError,
    "type string",
  );
  await assertRejects(
    async () => await (await openZarrArray(store, "u")).read(),
    UnsupportedError,
    "codec x.mystery",
  );
  const target = { store, key: "u/", open: () => Promise.reject(new Error("no object")) };
  const { arrays, chunks } = await format.describe(target);
  assertEquals([arrays?.[0]?.compression, chunks], ["x.mystery (unknown)", 0]);
  await assertRejects(() => openZarr(store, "nothing"), NotFoundError, "neither zarr.json");
});

Deno.test("Zarr: a group has its arrays by what it knows of them, or by a listing", async () => {
  const array = v3({ shape: [2], chunks: [2] });
  const group = { zarr_format: 3, node_type: "group", attributes: { n: 1 } };
  const inner = {
    x: JSON.parse(new TextDecoder().decode(array)),
    "deep/y": JSON.parse(new TextDecoder().decode(array)),
    deep: group,
  };
  for (const known of [undefined, { kind: "inline", metadata: inner }]) {
    await using store = await storeOf({
      "g/zarr.json": encode({ ...group, ...(known && { consolidated_metadata: known }) }),
      "g/deep/zarr.json": encode(group),
      "g/x/zarr.json": array,
      "g/deep/y/zarr.json": array,
      "g/deep/y/c/0": Uint8Array.of(5, 6),
      "g/other/readme": new Uint8Array(3),
    });
    const root = await openZarr(store, "g");
    assert(root instanceof ZarrGroup);
    const found = await Array.fromAsync(root.arrays());
    assertEquals(found.map(([path]) => path).toSorted(), ["deep/y", "x"]);
    const deep = await root.open("deep");
    assert(deep instanceof ZarrGroup);
    const y = await deep.open("y");
    assertEquals(y.kind === "array" && (await y.read()).data, Uint8Array.of(5, 6));
    await assertRejects(() => root.open("other"), NotFoundError);
    await assertRejects(() => openZarrArray(store, "g"), TypeError, "it is a group");
  }
});

Deno.test("Zarr: any region of any array in any chunks, shards and order is that of the whole", async () => {
  const setup = fc.integer({ min: 1, max: 3 }).chain((rank) =>
    fc.record({
      shape: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: rank, maxLength: rank }),
      chunk: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: rank, maxLength: rank }),
      times: fc.option(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: rank, maxLength: rank })),
      order: fc.shuffledSubarray(Array.from({ length: rank }, (_, axis) => axis), { minLength: rank }),
      cuts: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { minLength: rank, maxLength: rank }),
      location: fc.constantFrom("start", "end"),
      missing: fc.integer({ min: 2, max: 6 }),
    })
  );
  await fc.assert(
    fc.asyncProperty(setup, async ({ shape, chunk, times, order, cuts, location, missing }) => {
      const stored = chunk.map((length, axis) => length * (times?.[axis] ?? 1));
      const codecs = [{ name: "transpose", configuration: { order } }, BYTES, { name: "crc32c" }];
      const metadata = v3({
        shape,
        chunks: stored,
        codecs: times ? [sharded(chunk, codecs, location)] : codecs,
        fill: 200,
      });
      await using store = await storeOf({ "a/zarr.json": metadata });
      const value = (at: readonly number[]) =>
        at.reduce((sum, part, axis) => sum + part * 7 ** axis, 1) % 199;
      const chunkAt = (start: readonly number[]) => {
        const bytes: number[] = [];
        for (const at of places(order.map((axis) => chunk[axis] ?? 1))) {
          const place = [...start];
          order.forEach((axis, index) => place[axis] = (place[axis] ?? 0) + (at[index] ?? 0));
          bytes.push(value(place));
        }
        return withCrc(Uint8Array.from(bytes));
      };
      const isMissing = (place: readonly number[]) =>
        place.reduce((sum, part) => sum + part, 0) % missing === 0;
      const grid = shape.map((length, axis) => Math.ceil(length / (stored[axis] ?? 1)));
      for (const place of places(grid)) {
        const start = place.map((part, axis) => part * (stored[axis] ?? 1));
        if (!times) {
          if (!isMissing(place)) await store.put(`a/c/${place.join("/")}`, chunkAt(start));
          continue;
        }
        const parts: number[] = [];
        const index: bigint[] = [];
        const lead = location === "start" ? 16 * times.reduce((a, b) => a * b, 1) + 4 : 0;
        for (const inner of places(times)) {
          const at = place.map((part, axis) => part * (times[axis] ?? 1) + (inner[axis] ?? 0));
          if (isMissing(at)) index.push(2n ** 64n - 1n, 2n ** 64n - 1n);
          else {
            const bytes = chunkAt(at.map((part, axis) => part * (chunk[axis] ?? 1)));
            index.push(BigInt(lead + parts.length), BigInt(bytes.length));
            parts.push(...bytes);
          }
        }
        const tail = [...withCrc(new Uint8Array(BigUint64Array.from(index).buffer))];
        await store.put(
          `a/c/${place.join("/")}`,
          Uint8Array.from(location === "start" ? [...tail, ...parts] : [...parts, ...tail]),
        );
      }
      const region = shape.map((length, axis) => {
        const [a, b] = (cuts[axis] ?? [0, 0]).map((cut) => Math.min(cut, length)).toSorted((x, y) => x - y);
        return [a ?? 0, b ?? 0] as const;
      });
      const { data } = await (await openZarrArray(store, "a")).read({ region });
      const due = [...places(region.map(([from, to]) => to - from))].map((at) => {
        const place = at.map((part, axis) => part + (region[axis]?.[0] ?? 0));
        return isMissing(place.map((part, axis) => Math.floor(part / (chunk[axis] ?? 1))))
          ? 200
          : value(place);
      });
      assertEquals([...data], due);
      assertEquals((await verifyZarr(store, "a")).faults, []);
    }),
    { numRuns: 100 },
  );
});

/** All places of a grid, in C order. */
function places(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>(
    (all, length) => all.flatMap((place) => Array.from({ length }, (_, at) => [...place, at])),
    [[]],
  );
}

Deno.test("Zarr: a chunk of a shard of 10 GB is two ranges, its index and itself", async () => {
  const [count, chunk] = [1024, 10_000_000];
  const index = new BigUint64Array(count * 2).map((_, at) =>
    at % 2 === 0 ? BigInt(at / 2 * chunk) : BigInt(chunk)
  );
  const tail = withCrc(new Uint8Array(index.buffer));
  await using store = new SparseStore({
    "a/c/0": {
      size: count * chunk + tail.length,
      pieces: [{ offset: count * chunk, bytes: tail }],
      byteAt: (at) => at % 250,
    },
  });
  await store.put(
    "a/zarr.json",
    v3({ shape: [count * chunk], chunks: [count * chunk], codecs: [sharded([chunk], [BYTES])] }),
  );
  const array = await openZarrArray(store, "a");
  const first = 500 * chunk + 17;
  const { data } = await array.read({ region: [[first, first + 3]] });
  assertEquals([...data], [first % 250, (first + 1) % 250, (first + 2) % 250]);
  assertEquals(store.ranges[0], { offset: count * chunk, length: tail.length });
  assert(store.bytesAsked <= chunk + tail.length, `${store.bytesAsked}`);
});
