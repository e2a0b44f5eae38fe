import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { PreconditionFailedError, RangeNotSatisfiableError } from "../errors/errors.ts";
import { ForwardingStore } from "../layers/forwarding_store.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { bytesAtHand } from "../contract/seams.ts";
import type { GetOptions } from "../contract/types.ts";
import type { GetResult } from "../contract/get_result.ts";
import { readRanges } from "./read_ranges.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => index * 7);

/** Counts requests, and lets something happen between them. */
class CountingStore extends ForwardingStore {
  readonly asked: (readonly [number, number | undefined])[] = [];
  onGet: () => Promise<unknown> = () => Promise.resolve();

  /** Has none, so that every read is a request. */
  override [bytesAtHand](): undefined {}

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { range } = options;
    if (range && "offset" in range) this.asked.push([range.offset, range.length]);
    const result = await super.get(key, options);
    await this.onGet();
    return result;
  }
}

async function counting(): Promise<CountingStore> {
  const store = new CountingStore(new MemoryStore());
  await store.put("k", BYTES);
  return store;
}

const at = (offset: number, length: number) => BYTES.slice(offset, offset + length);

Deno.test("readRanges() asks for neighbours at once, and for what lies apart by itself", async () => {
  await using store = await counting();
  const ranges = [{ offset: 500, length: 10 }, { offset: 20, length: 5 }, { offset: 10, length: 8 }];
  const { bytes, info } = await readRanges(store, "k", ranges, { gap: 2 });
  assertEquals(bytes, [at(500, 10), at(20, 5), at(10, 8)]);
  assertEquals(info?.size, 1000);
  assertEquals(store.asked.toSorted(([a], [b]) => a - b), [[10, 15], [500, 10]]);
});

Deno.test("readRanges() reads over a gap only as far as it is told", async () => {
  await using store = await counting();
  await readRanges(store, "k", [{ offset: 0, length: 4 }, { offset: 7, length: 4 }], { gap: 2 });
  assertEquals(store.asked.length, 2);
  await readRanges(store, "k", [{ offset: 0, length: 4 }, { offset: 7, length: 4 }], { gap: 3 });
  assertEquals(store.asked.slice(2), [[0, 11]]);
});

Deno.test("readRanges() merges no more than it is told", async () => {
  await using store = await counting();
  await readRanges(store, "k", [{ offset: 0, length: 60 }, { offset: 60, length: 60 }], { mergedSize: 119 });
  assertEquals(store.asked.length, 2);
});

Deno.test("readRanges() takes ranges that overlap, lie within one another, are the same, or empty", async () => {
  await using store = await counting();
  const ranges = [
    { offset: 10, length: 50 },
    { offset: 20, length: 5 },
    { offset: 10, length: 50 },
    { offset: 55, length: 20 },
    { offset: 999, length: 0 },
  ];
  const { bytes } = await readRanges(store, "k", ranges);
  assertEquals(bytes, ranges.map(({ offset, length }) => at(offset, length)));
  assertEquals(store.asked, [[10, 65]]);
});

Deno.test("readRanges() fills targets, also where they come with others", async () => {
  await using store = await counting();
  const alone = new Uint8Array(7);
  const shared = new Uint8Array(3);
  const { bytes } = await readRanges(store, "k", [
    { offset: 900, length: 7, target: alone },
    { offset: 100, length: 3, target: shared },
    { offset: 103, length: 3 },
  ]);
  assertStrictEquals(bytes[0], alone);
  assertStrictEquals(bytes[1], shared);
  assertEquals([alone, shared], [at(900, 7), at(100, 3)]);
});

Deno.test("readRanges() fills every target of one memory, of ranges that are the same or within another", async () => {
  const wanted = [[20, 8], [20, 8], [22, 4], [500, 8], [500, 8]] as const;
  for (const store of [await counting(), new MemoryStore()]) {
    await using used = store;
    await used.put("k", BYTES);
    const memory = new Uint8Array(64);
    let end = 0;
    const ranges = wanted.map(([offset, length]) => ({
      offset,
      length,
      target: memory.subarray(end, end += length),
    }));
    const { bytes } = await readRanges(used, "k", ranges);
    assertEquals(ranges.map(({ target }) => target), wanted.map(([offset, length]) => at(offset, length)));
    bytes.forEach((piece, index) => assertStrictEquals(piece, ranges[index]?.target));
  }
});

Deno.test("readRanges() passes ranges whose targets lie apart through memory that it gives back", async () => {
  await using store = new CountingStore(new MemoryStore());
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7 + (index >> 8));
  await store.put("k", bytes);
  const { budget, buffers } = store.context;
  const before = buffers.idleBytes;
  let held = 0;
  store.onGet = () => Promise.resolve(held = budget.held);
  const memory = new Uint8Array(300_000);
  const ranges = [[0, 90_000, 64], [90_000, 110_000, 150_000]].map(([offset = 0, length = 0, place = 0]) => ({
    offset,
    length,
    target: memory.subarray(place, place + length),
  }));
  const read = await readRanges(store, "k", ranges);
  assertEquals(read.bytes, ranges.map(({ offset, length }) => bytes.slice(offset, offset + length)));
  read.bytes.forEach((piece, index) => assertStrictEquals(piece, ranges[index]?.target));
  assertEquals([store.asked, held, budget.held], [[[0, 200_000]], 200_000, 0]);
  assertEquals(buffers.idleBytes - before, 262_144);
  store.onGet = () => Promise.reject(new Error("away"));
  await assertRejects(() => readRanges(store, "k", ranges), Error, "away");
  assertEquals([budget.held, buffers.idleBytes - before], [0, 262_144]);
});

Deno.test("readRanges() of no byte asks for nothing", async () => {
  await using store = await counting();
  assertEquals(await readRanges(store, "k", [{ offset: 3, length: 0 }]), { bytes: [new Uint8Array(0)] });
  assertEquals(store.asked, []);
});

Deno.test("readRanges() past the end is an error", async () => {
  await using store = await counting();
  await assertRejects(
    () => readRanges(store, "k", [{ offset: 990, length: 11 }]),
    RangeNotSatisfiableError,
    "the range ends at 1001, the object has 1000 bytes",
  );
  await assertRejects(() => readRanges(store, "k", [{ offset: 1000, length: 1 }]), RangeNotSatisfiableError);
});

Deno.test("readRanges() of an object that is replaced in between is an error", async () => {
  await using store = await counting();
  let left = 1;
  store.onGet = async () => {
    if (left-- > 0) await store.put("k", BYTES.toReversed());
  };
  const ranges = [{ offset: 0, length: 1 }, { offset: 500, length: 1 }];
  await assertRejects(
    () => readRanges(store, "k", ranges, { concurrency: 1 }),
    PreconditionFailedError,
    "changed while it was read",
  );
});

Deno.test("readRanges() refuses numbers and targets that make no sense, before it asks", async () => {
  await using store = await counting();
  await assertRejects(() => readRanges(store, "k", [{ offset: -1, length: 1 }]), RangeError, "offset -1");
  await assertRejects(() => readRanges(store, "k", [{ offset: 0, length: 1.5 }]), RangeError, "length 1.5");
  const target = new Uint8Array(3);
  await assertRejects(
    () => readRanges(store, "k", [{ offset: 0, length: 2, target }]),
    RangeError,
    "target of 3",
  );
  assertEquals(store.asked, []);
});

Deno.test("readRanges() reads straight into targets that lie as the ranges do", async () => {
  await using store = await counting();
  const memory = new Uint8Array(40);
  const target = (from: number, length: number) => memory.subarray(from, from + length);
  const places: Uint8Array[] = [];
  const inner = store.get.bind(store);
  store.get = async (key, options) => {
    const result = await inner(key, options);
    const { readInto } = result;
    if (readInto) {
      result.readInto = (place, ...rest) => {
        places.push(place);
        return readInto.call(result, place, ...rest);
      };
    }
    return result;
  };
  const ranges = [
    { offset: 100, length: 10, target: target(3, 10) },
    { offset: 110, length: 5, target: target(13, 5) },
    { offset: 115, length: 5, target: target(18, 5) },
  ];
  const { bytes } = await readRanges(store, "k", ranges);
  assertEquals(memory.subarray(3, 23), at(100, 20));
  bytes.forEach((piece, i) => assertStrictEquals(piece, ranges[i]?.target));
  assertEquals(places.map(({ length, buffer }) => [length, buffer === memory.buffer]), [[20, true]]);
  // Elsewhere they are copied, and nothing beside them is touched.
  memory.fill(0);
  await readRanges(store, "k", [
    { offset: 100, length: 10, target: target(20, 10) },
    { offset: 110, length: 5, target: target(0, 5) },
  ]);
  assertEquals(
    memory,
    Uint8Array.from([...at(110, 5), ...new Array(15).fill(0), ...at(100, 10), ...new Array(10).fill(0)]),
  );
});
