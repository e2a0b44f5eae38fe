import { assert, assertEquals } from "@std/assert";
import { chunkSizes, chunksUpTo, cutUnits, fillSize } from "./chunk_plan.ts";

const HINTS = {
  firstChunkSize: 8,
  chunkSize: 8,
  largestChunkSize: 32,
  alignment: 1,
};

Deno.test("chunkSizes() grows when the number under way is found, and shrinks towards the end", () => {
  const limit = { current: 4, climbing: true };
  const sizeOf = chunkSizes(HINTS, limit, {});
  assertEquals(sizeOf(1000), 8);
  limit.climbing = false;
  assertEquals([1000, 256, 255, 128, 100, 10].map(sizeOf), [32, 32, 24, 16, 8, 8]);
  limit.current = 64;
  assertEquals(sizeOf(1000), 8);
});

Deno.test("chunkSizes() leaves alone what the caller says, and stores that ask for nothing larger", () => {
  const limit = { current: 1, climbing: false };
  assertEquals(chunkSizes(HINTS, limit, { chunkSize: 5 })(1000), 5);
  assertEquals(chunkSizes(HINTS, limit, { concurrency: 16 })(1000), 24);
  const { largestChunkSize: _, ...plain } = HINTS;
  assertEquals(chunkSizes(plain, limit, {})(1000), 8);
});

/** The chunks' lengths, unit by unit. */
function lengthsOf(size: number, first: number, chunkSize: number, partSize: number, offset = 0): number[][] {
  const range = { offset, length: size };
  const units = cutUnits({ range, first, partSize, chunkSize: () => chunkSize });
  return [...units].map((chunks) => chunks.map(({ length }) => length));
}

Deno.test("cutUnits() reads whole parts by chunks that hold several", () => {
  assertEquals(lengthsOf(100, 40, 40, 10), [[40], [40], [20]]);
  assertEquals(lengthsOf(100, 40, 45, 10), [[40], [40], [20]]);
});

Deno.test("cutUnits() reads a part by several chunks where it is larger", () => {
  assertEquals(lengthsOf(100, 8, 8, 20), [[8, 8, 4], [8, 8, 4], [8, 8, 4], [8, 8, 4], [8, 8, 4]]);
  assertEquals(lengthsOf(25, 8, 8, 20), [[8, 8, 4], [5]]);
});

Deno.test("cutUnits() brings a first chunk that ends within a part to the part's end", () => {
  assertEquals(lengthsOf(50, 15, 20, 10), [[15, 5], [20], [10]]);
  assertEquals(lengthsOf(17, 15, 20, 10), [[15, 2]]);
});

Deno.test("cutUnits() counts boundaries from the start of the object", () => {
  assertEquals(lengthsOf(50, 7, 20, 10, 13), [[7], [20], [20], [3]]);
  assertEquals(lengthsOf(5, 5, 20, 10, 13), [[5]]);
});

Deno.test("cutUnits() asks for the chunk size whenever a unit is begun", () => {
  const asked: number[] = [];
  const units = cutUnits({
    range: { offset: 0, length: 100 },
    first: 10,
    partSize: 10,
    chunkSize: (left) => (asked.push(left), left > 50 ? 30 : 20),
  });
  assertEquals([...units].map((chunks) => chunks[0]?.length), [10, 30, 30, 20, 10]);
  assertEquals(asked, [90, 90, 60, 30, 10]);
});

Deno.test("cutUnits() covers every byte once, and units end where parts do, for any sizes", () => {
  for (const size of [1, 7, 64, 1000, 1001]) {
    for (const first of [1, 3, 10, 64].filter((first) => first <= size)) {
      for (const chunk of [1, 3, 10, 64, 2000]) {
        for (const partSize of [1, 4, 10, 100, 5000]) {
          for (const start of [0, 3, 4096]) {
            const what = `${[size, first, chunk, partSize, start]}`;
            const range = { offset: start, length: size };
            let at = start;
            for (const unit of cutUnits({ range, first, partSize, chunkSize: () => chunk })) {
              for (const { offset, length } of unit) {
                assert(offset === at && length > 0, what);
                at += length;
              }
              assert(at % partSize === 0 || at === start + size, what);
            }
            assertEquals(at, start + size, what);
          }
        }
      }
    }
  }
});

Deno.test("chunksUpTo() cuts at multiples of the alignment, up to the chunk that is read already", () => {
  const lengthsOf = (offset: number, length: number, last: number, size: number, alignment: number) =>
    chunksUpTo({ offset: offset + length - last, length: last }, { offset, length }, size, alignment)
      .map(({ length }) => length);
  assertEquals(lengthsOf(0, 100, 30, 40, 1), [40, 30, 30]);
  assertEquals(lengthsOf(5, 95, 30, 40, 16), [27, 32, 6, 30]);
  assertEquals(lengthsOf(0, 10, 10, 40, 1), [10]);
});

Deno.test("fillSize() is as large as a store gives where many are left, and smaller where they are lost", () => {
  const hints = { firstChunkSize: 8, chunkSize: 8, largestChunkSize: 32, alignment: 1 };
  const sizes = [1, 100, 400, 1000, 10_000];
  assertEquals(sizes.map((size) => fillSize(hints, {}, size)), [8, 8, 24, 32, 32]);
  assertEquals(sizes.map((size) => fillSize(hints, {}, size, true)), [8, 8, 8, 24, 32]);
  assertEquals(fillSize({ ...hints, chunkSize: 50 }, {}, 10_000), 50);
  assertEquals(fillSize(hints, { chunkSize: 5 }, 10_000), 5);
});
