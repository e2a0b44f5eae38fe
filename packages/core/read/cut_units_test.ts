import { assert, assertEquals } from "@std/assert";
import { cutUnits } from "./cut_units.ts";

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
