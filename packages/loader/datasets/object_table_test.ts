import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fingerprintOf } from "./fingerprint.ts";
import { ObjectTable, type TableObject } from "./object_table.ts";

Deno.test("ObjectTable gives back what was added, names of any script too", () => {
  const object = fc.record({
    key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
    size: fc.maxSafeNat(),
    etag: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  }).map(({ key, size, etag }): TableObject => etag === undefined ? { key, size } : { key, size, etag });
  fc.assert(
    fc.property(fc.array(object, { maxLength: 60 }), (objects) => {
      const table = new ObjectTable();
      for (const each of objects) table.add(each);
      assertEquals(objects.map((_, index) => table.at(index)), objects);
      assertEquals(table.length, objects.length);
    }),
    { numRuns: 100, seed: 1 },
  );
});

Deno.test("ObjectTable grows, and has no object outside", () => {
  const table = new ObjectTable();
  for (let i = 0; i < 5000; i++) table.add({ key: `${i}`, size: i });
  assertEquals([table.at(0).key, table.at(4999).size, table.bytes], ["0", 4999, 5000 * 4999 / 2]);
  for (const index of [-1, 5000, 0.5, NaN]) assertThrows(() => table.at(index), RangeError);
});

Deno.test("a fingerprint changes with every name, size and tag, and where one ends", () => {
  const of = (...objects: TableObject[]) => {
    const table = new ObjectTable();
    for (const each of objects) table.add(each);
    return fingerprintOf("files", table.content());
  };
  const all = [
    of(),
    of({ key: "a", size: 1 }),
    of({ key: "b", size: 1 }),
    of({ key: "a", size: 2 }),
    of({ key: "a", size: 1, etag: "x" }),
    of({ key: "ax", size: 1 }),
    of({ key: "a", size: 1 }, { key: "b", size: 1 }),
    of({ key: "b", size: 1 }, { key: "a", size: 1 }),
    of({ key: "ab", size: 1 }),
  ];
  assertEquals(new Set(all).size, all.length);
  assertEquals(of({ key: "a", size: 1 }), all[1]);
});
