import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { elementsOf } from "../array/dtype.ts";
import { firstBlock } from "./head_of_arrays.ts";

Deno.test("firstBlock() has as many elements as are wanted, or all, and begins with the first ones", () => {
  assertEquals(firstBlock([100, 10], 10), [1, 10]);
  assertEquals(firstBlock([100, 10], 15), [2, 10]);
  assertEquals(firstBlock([100, 10], 3), [1, 3]);
  assertEquals(firstBlock([], 3), []);
  assertEquals(firstBlock([0, 5], 3), [0, 3]);
  const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 });
  fc.assert(fc.property(shapes, fc.integer({ min: 1, max: 50 }), (shape, count) => {
    const block = firstBlock(shape, count);
    const all = elementsOf(shape) ?? 0;
    assert(block.every((length, place) => length >= 1 && length <= (shape[place] ?? 0)));
    assert((elementsOf(block) ?? 0) >= Math.min(count, all));
    // What is in it are the first elements: only its first dimension that is longer than 1 may be cut.
    const cut = block.findIndex((length) => length > 1);
    assert(cut < 0 || block.slice(cut + 1).every((length, place) => length === shape[cut + 1 + place]));
  }));
});
