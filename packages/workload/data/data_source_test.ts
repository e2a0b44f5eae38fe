import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { DataSourceOptions } from "./data_options.ts";
import { DataSource } from "./data_source.ts";
import type { ObjectId } from "./unit_contents.ts";

const options: fc.Arbitrary<DataSourceOptions> = fc.record({
  seed: fc.maxSafeNat(),
  dedup: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 50, noNaN: true })),
  compress: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 100, noNaN: true })),
  dedupUnit: fc.constantFrom(4096, 8192, 2 ** 17),
  objectSize: fc.constantFrom(undefined, 2 ** 20),
}).map(({ objectSize, ...rest }) => ({ ...rest, ...(objectSize !== undefined && { objectSize }) }));

const id: fc.Arbitrary<ObjectId> = fc.oneof(
  fc.nat(100),
  fc.integer({ min: 2 ** 32, max: 2 ** 40 }),
  fc.string({ unit: "binary" }),
);

/** Where things change: units of 4 KiB, windows of 64 KiB, dedup units. */
const place = fc.tuple(
  fc.constantFrom(0, 4096, 8192, 65_536, 2 ** 17, 2 ** 18),
  fc.integer({ min: -20, max: 20 }),
)
  .map(([at, by]) => Math.max(0, at + by));
const length = fc.oneof(fc.constantFrom(0, 1, 15, 16, 17, 4095, 4096, 4097), place);

function bytesOf(source: DataSource, id: ObjectId, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0xee);
  source.fill(id, offset, bytes);
  return bytes;
}

function damage(bytes: Uint8Array, at: number, flip: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ flip;
}

Deno.test("any split of a range has the same bytes, and all are right", () => {
  fc.assert(
    fc.property(options, id, place, length, fc.array(fc.nat(9000)), (options, id, at, length, cuts) => {
      const source = new DataSource(options);
      const whole = bytesOf(source, id, at, length);
      const parts = new Uint8Array(length);
      const ends = [...cuts.map((cut) => cut % (length + 1)), length].sort((a, b) => a - b);
      // From the last to the first: nothing follows from what was made before.
      for (const [index, end] of [...ends.entries()].reverse()) {
        const start = ends[index - 1] ?? 0;
        source.fill(id, at + start, parts.subarray(start, end));
        assertEquals(source.verify(id, at + start, whole.subarray(start, end)), undefined);
      }
      assertEquals(parts, whole);
      assertEquals(new DataSource({ ...options, wasm: false }).verify(id, at, whole), undefined);
      assertEquals(bytesOf(new DataSource({ ...options, wasm: false }), id, at, length), whole);
    }),
  );
});

Deno.test("the first wrong byte is found where it is, whatever is wrong behind it", () => {
  const wrong = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean());
  fc.assert(
    fc.property(options, id, place, length, wrong, (options, id, at, length, [first, second, flip, wasm]) => {
      const source = new DataSource({ ...options, wasm });
      const bytes = bytesOf(source, id, at, length);
      if (length === 0) return;
      damage(bytes, first % length, flip);
      if (first % length !== second % length) damage(bytes, second % length, 1);
      assertEquals(source.verify(id, at, bytes), Math.min(first % length, second % length));
    }),
    { numRuns: 300 },
  );
});

Deno.test("target and found bytes may lie anywhere in their memory", () => {
  const source = new DataSource({ compress: 3 });
  const memory = new Uint8Array(20_001).fill(0xee);
  source.fill("k", 5, memory.subarray(3, 20_000));
  assertEquals([memory[2], memory[20_000]], [0xee, 0xee]);
  assertEquals(source.verify("k", 5, memory.subarray(3, 20_000)), undefined);
});

Deno.test("other seeds, objects and units have other bytes, and one seed always the same", () => {
  const bytes = [
    bytesOf(new DataSource(), 0, 0, 64),
    bytesOf(new DataSource(), 0, 4096, 64),
    bytesOf(new DataSource(), 0, 2 ** 17, 64),
    bytesOf(new DataSource(), 0, 2 ** 44, 64),
    bytesOf(new DataSource(), 0, Number.MAX_SAFE_INTEGER - 64, 64),
    bytesOf(new DataSource(), 1, 0, 64),
    bytesOf(new DataSource(), 2 ** 32, 0, 64),
    bytesOf(new DataSource(), 2 ** 32 + 1, 0, 64),
    bytesOf(new DataSource(), Number.MAX_SAFE_INTEGER, 0, 64),
    bytesOf(new DataSource(), "0", 0, 64),
    bytesOf(new DataSource(), "", 0, 64),
    bytesOf(new DataSource({ seed: 1 }), 0, 0, 64),
    bytesOf(new DataSource({ seed: 2 ** 32 }), 0, 0, 64),
  ];
  assertEquals(new Set(bytes.map((each) => each.join())).size, bytes.length);
  // What was written once must be right with every later version.
  const fixed = new DataSource({ seed: 42, dedup: 2, compress: 1.5, dedupUnit: 4096 });
  assertEquals(
    [1, 5000, "k"].map((id) => [...bytesOf(fixed, id, 8192, 4)]),
    [[81, 13, 236, 147], [53, 6, 143, 73], [150, 254, 191, 58]],
  );
});

Deno.test("one source serves objects and offsets in any order", () => {
  const source = new DataSource({ dedup: 3 });
  const first = bytesOf(source, 1, 5, 100);
  assertNotEquals(bytesOf(source, 9, 5, 100), first);
  assertNotEquals(bytesOf(source, 1, 2 ** 20 + 5, 100), first);
  assertEquals(bytesOf(source, 1, 5, 100), first);
});

Deno.test("what is no seed, factor, unit, object or offset is refused", () => {
  const wrong: [DataSourceOptions, string][] = [
    ...[0.99, 0, -1, NaN, Infinity].map((dedup): [DataSourceOptions, string] => [{ dedup }, "dedup must"]),
    ...[0.99, 100.1, NaN, Infinity].map((
      compress,
    ): [DataSourceOptions, string] => [{ compress }, "compress"]),
    ...[0, 2048, 5000, 2 ** 23, NaN].map((
      dedupUnit,
    ): [DataSourceOptions, string] => [{ dedupUnit }, "power"]),
    ...[-1, 0.5, 2 ** 53, NaN].map((seed): [DataSourceOptions, string] => [{ seed }, "seed must"]),
    ...[-1, 0.5, 2 ** 53].map((
      objectSize,
    ): [DataSourceOptions, string] => [{ objectSize }, "objectSize must"]),
  ];
  for (const [options, message] of wrong) assertThrows(() => new DataSource(options), RangeError, message);
  const source = new DataSource();
  const bytes = new Uint8Array(2);
  for (const id of [-1, 0.5, 2 ** 53, NaN]) {
    assertThrows(() => source.fill(id, 0, bytes), RangeError, "number of an object");
    assertThrows(() => source.verify(id, 0, bytes), RangeError, "number of an object");
    assertThrows(() => source.reader(id, 0), RangeError, "number of an object");
  }
  for (const offset of [-1, 0.5, 2 ** 53, 2 ** 53 - 2, NaN]) {
    assertThrows(() => source.fill("k", offset, bytes), RangeError, "offsets");
    assertThrows(() => source.verify("k", offset, bytes), RangeError, "offsets");
  }
  for (const size of [-1, 0.5, 2 ** 53]) assertThrows(() => source.reader("k", size), RangeError, "offsets");
  assertEquals(bytes, new Uint8Array(2));
});

Deno.test("objects of one size end there, but for those with names", () => {
  const source = new DataSource({ objectSize: 5000, dedup: 2 });
  assertEquals(source.verify(3, 4990, bytesOf(source, 3, 4990, 10)), undefined);
  assertThrows(() => source.fill(3, 4990, new Uint8Array(11)), RangeError, "have 5000 bytes, not 5001");
  assertThrows(() => source.reader(3, 5001), RangeError, "have 5000 bytes");
  source.fill("k", 4990, new Uint8Array(11));
  const many = new DataSource({ objectSize: 2 ** 20, dedup: 2, dedupUnit: 4096 });
  assertThrows(() => many.fill(2 ** 52, 0, new Uint8Array(1)), RangeError, "less than 2^53");
});
