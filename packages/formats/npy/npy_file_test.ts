import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { getBytes, type GetOptions, type GetResult, MemoryStore } from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import { PreconditionFailedError, UnsupportedError } from "@lade/core/errors";
import { encodeHeader } from "./encode_header.ts";
import { type NpyArray, openNpy, writeNpy } from "./mod.ts";
import { parseLiteral } from "./parse_literal.ts";

const DATA = Int16Array.from({ length: 30_000 }, (_, index) => index);
const ROWS: NpyArray = { dtype: "int16", shape: [10_000, 3], order: "C", data: DATA };

async function opened() {
  const store = new MemoryStore();
  await writeNpy(store, "a.npy", ROWS);
  // The window has the header alone, so that rows are asked for.
  return { store, file: await openNpy(store, "a.npy", { window: 128 }) };
}

Deno.test("NpyFile.scan() yields the rows wanted in order, several at a time", async () => {
  const { file } = await opened();
  for (
    const [from, to, batchRows, sizes] of [
      [0, 10_000, 4_000, [4_000, 4_000, 2_000]],
      [17, 20, 2, [2, 1]],
      [17, 20, 3, [3]],
      [17, 20, undefined, [3]],
      [9_999, undefined, 5, [1]],
      [5, 5, 5, []],
    ] as const
  ) {
    const options = { from, ...(to !== undefined && { to }), ...(batchRows !== undefined && { batchRows }) };
    const batches = await Array.fromAsync(file.scan(options));
    assertEquals(batches.map(({ shape }) => shape), sizes.map((rows) => [rows, 3]));
    const all = batches.flatMap(({ data }) => [...data]);
    assertEquals(all, [...DATA.subarray(3 * from, 3 * (to ?? 10_000))]);
  }
});

Deno.test("NpyFile.scan(): rows of no bytes are one array, and rows of a single value or in Fortran order none", async () => {
  await using store = new MemoryStore();
  const empty = { dtype: "int8" as const, shape: [2 ** 40, 0], order: "C" as const, data: new Int8Array(0) };
  await writeNpy(store, "empty.npy", empty);
  const batches = await Array.fromAsync((await openNpy(store, "empty.npy")).scan());
  assertEquals(batches.map(({ shape }) => shape), [[2 ** 40, 0]]);
  await writeNpy(store, "one.npy", { ...empty, shape: [], data: Int8Array.of(1) });
  await assertRejects(
    async () => await Array.fromAsync((await openNpy(store, "one.npy")).scan()),
    RangeError,
  );
  await writeNpy(store, "f.npy", { ...empty, shape: [1, 1], order: "F", data: Int8Array.of(1) });
  await assertRejects(
    async () => await Array.fromAsync((await openNpy(store, "f.npy")).scan()),
    UnsupportedError,
  );
});

Deno.test("NpyFile.scan() may be left, aborted or fail, and nothing goes on behind it", async () => {
  const { store, file } = await opened();
  for await (const { shape } of file.scan({ batchRows: 10 })) {
    assertEquals(shape, [10, 3]);
    break;
  }
  const controller = new AbortController();
  await assertRejects(
    async () => {
      for await (const _batch of file.scan({ batchRows: 10, signal: controller.signal })) {
        controller.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  await assertRejects(async () => {
    for await (const _batch of file.scan({ batchRows: 10 })) await store.put("a.npy", new Uint8Array(60_128));
  }, PreconditionFailedError);
  for (const batchRows of [0, -1, 1.5, NaN]) {
    await assertRejects(
      () => Array.fromAsync(file.scan({ batchRows })),
      RangeError,
      "a whole number from 1 up",
    );
  }
});

/** Answers two requests, and then only once it is told to end. */
class StuckStore extends ForwardingStore {
  gets = 0;

  override [bytesAtHand](): undefined {}

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    if (++this.gets <= 2) return await super.get(key, options);
    return await new Promise((_, reject) => {
      options.signal?.addEventListener("abort", () => reject(options.signal?.reason));
    });
  }
}

Deno.test("NpyFile.scan() has asked for the next rows when it hands out some, and gives them up when it is left", async () => {
  const { store } = await opened();
  const stuck = new StuckStore(store);
  const file = await openNpy(stuck, "a.npy", { window: 128 });
  for await (const { shape } of file.scan({ batchRows: 10 })) {
    assertEquals([shape, stuck.gets], [[10, 3], 3]);
    break;
  }
  assertEquals(stuck.gets, 3);
});

Deno.test("NpyFile.decodeRows() and decode() take elements from their bytes, wherever they begin", async () => {
  await using store = new MemoryStore();
  const big = Uint8Array.from([...encodeHeader(parseLiteral("'>i4'"), [2], "C"), 0, 0, 0, 1, 0, 0, 1, 0]);
  await store.put("a.npy", big);
  const file = await openNpy(store, "a.npy");
  assertEquals(file.rangeOfRows(1, 2), { offset: 132, length: 4 });
  const { bytes } = await getBytes(store, "a.npy");
  const memory = new Uint8Array(17);
  for (const offset of [0, 1, 4, 7]) {
    memory.set(bytes.subarray(128), offset);
    const array = file.decode(memory.subarray(offset, offset + 8));
    assertEquals([...array.data], [1, 256]);
    if (offset % 4 === 0) assertStrictEquals(array.data.buffer, memory.buffer);
    memory.set(bytes.subarray(128), offset);
    assertEquals([...file.decodeRows(1, 2, memory.subarray(offset + 4, offset + 8)).data], [256]);
  }
  assertThrows(() => file.decode(memory), RangeError, "from 17 bytes: it has 8");
  assertThrows(() => file.decodeRows(0, 1, memory), RangeError, "from 17 bytes: they have 4");
  assertThrows(() => file.rangeOfRows(0, 3), RangeError, "it has 2");
});
