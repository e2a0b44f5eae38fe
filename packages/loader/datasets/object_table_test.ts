import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fingerprintOf } from "./fingerprint.ts";
import { ObjectTable, type TableObject } from "./object_table.ts";

const MD5 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.toHex());

Deno.test("ObjectTable gives back what was added, names of any script too", () => {
  const object = fc.record({
    key: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }),
    size: fc.maxSafeNat(),
    etag: fc.option(fc.oneof(fc.string({ minLength: 1 }), MD5, MD5.map((tag) => tag.toUpperCase())), {
      nil: undefined,
    }),
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

Deno.test("ObjectTable keeps a name and a tag that begin with U+FEFF", () => {
  const table = new ObjectTable();
  const object = { key: "\ufeffa", size: 1, etag: "\ufefft" };
  table.add(object);
  assertEquals(table.at(0), object);
});

Deno.test("ObjectTable grows, and has no object outside", () => {
  const table = new ObjectTable();
  for (let i = 0; i < 5000; i++) table.add({ key: `${i}`, size: i });
  assertEquals([table.at(0).key, table.at(4999).size, table.bytes], ["0", 4999, 5000 * 4999 / 2]);
  for (const index of [4095, 4096, 4097, 4999]) {
    assertEquals(table.at(index), { key: `${index}`, size: index });
  }
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

Deno.test("a table's content is told whole: all objects, and names and tags of any length", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(70_000), fc.oneof(MD5, fc.constant("v1"), fc.constant(""))), {
        maxLength: 40,
      }),
      (rows) => {
        const table = new ObjectTable();
        const expected: number[] = [];
        for (const [length, etag] of rows) {
          const key = "k".repeat(1 + length);
          table.add({ key, size: length, ...(etag !== "" && { etag }) });
          const head = new DataView(new ArrayBuffer(16));
          head.setUint32(0, key.length);
          head.setUint32(4, etag.length);
          head.setFloat64(8, length);
          expected.push(hashOf(new Uint8Array(head.buffer)), hashOf(new TextEncoder().encode(key + etag)));
        }
        const all = [...table.content()].reduce((sum, { length }) => sum + length, 0);
        const bytes = new Uint8Array(all);
        let at = 0;
        for (const piece of table.content()) {
          bytes.set(piece, at);
          at += piece.length;
        }
        const told: number[] = [];
        for (let at = 0; at < all;) {
          const view = new DataView(bytes.buffer, at);
          const end = at + 16 + view.getUint32(0) + view.getUint32(4);
          told.push(hashOf(bytes.subarray(at, at + 16)), hashOf(bytes.subarray(at + 16, end)));
          at = end;
        }
        assertEquals(told, expected);
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});

/** So many bytes need not be compared one by one. */
function hashOf(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, bytes.length);
}
