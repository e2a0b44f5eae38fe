import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { type Box, volumeOf, wholeBox } from "./box.ts";
import { byteRuns } from "./byte_runs.ts";
import { tilingFault } from "./tiling.ts";

/** A shape of up to four dimensions, and a box of it cut again and again into two. */
const tiled = fc.record({
  shape: fc.array(fc.nat({ max: 6 }), { maxLength: 4 }),
  cuts: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 8 }),
}).map(({ shape, cuts }) => {
  const boxes: Box[] = [wholeBox(shape)];
  for (const [which, axis, place] of cuts) {
    const index = which % boxes.length;
    const box = boxes[index];
    if (!box || shape.length === 0) continue;
    const along = axis % shape.length;
    const length = box.shape[along] ?? 0;
    if (length < 2) continue;
    const first = 1 + place % (length - 1);
    const offsets = box.offsets.map((offset, other) => other === along ? offset + first : offset);
    const sizes = (size: number) => box.shape.map((own, other) => other === along ? size : own);
    boxes.splice(index, 1, { ...box, shape: sizes(first) }, { offsets, shape: sizes(length - first) });
  }
  return { shape, boxes };
});

Deno.test("tilingFault() finds none in a shape that was cut into boxes", () => {
  fc.assert(fc.property(tiled, ({ shape, boxes }) => {
    assertEquals(tilingFault(shape, boxes), undefined);
  }));
});

Deno.test("tilingFault() tells a hole by its first element, and an overlap by its boxes", () => {
  fc.assert(fc.property(tiled, fc.nat(), ({ shape, boxes }, which) => {
    const index = which % boxes.length;
    const box = boxes[index];
    if (!box || volumeOf(box.shape) === 0) return;
    assertMatch(tilingFault(shape, boxes.toSpliced(index, 1)) ?? "", /^no part of it/);
    assertMatch(tilingFault(shape, [...boxes, box]) ?? "", /overlap$/);
  }));
  assertEquals(
    tilingFault([4, 4], [{ offsets: [0, 0], shape: [4, 2] }, { offsets: [0, 2], shape: [3, 2] }]),
    "no part of it has the element [3,2]",
  );
});

Deno.test("tilingFault() tells boxes that are no part of the shape", () => {
  assertMatch(tilingFault([2], [{ offsets: [1], shape: [2] }]) ?? "", /passes the end/);
  assertMatch(tilingFault([2], [{ offsets: [0, 0], shape: [2, 1] }]) ?? "", /dimensions/);
  assertEquals(tilingFault([0, 3], []), "no part of it was saved");
  assertEquals(tilingFault([0, 3], [{ offsets: [0, 0], shape: [0, 3] }]), undefined);
  assertEquals(tilingFault([], [{ offsets: [], shape: [] }]), undefined);
});

Deno.test("byteRuns() of all boxes fill a part with the elements that belong there, in runs as long as can be", () => {
  const anyBox = tiled.chain(({ shape, boxes }) =>
    fc.tuple(...shape.map((length) => fc.tuple(fc.nat({ max: length }), fc.nat({ max: length })))).map(
      (ends) => {
        const offsets = ends.map(([a, b]) => Math.min(a, b));
        return { shape, boxes, target: { offsets, shape: ends.map(([a, b]) => Math.abs(a - b)) } };
      },
    )
  );
  fc.assert(fc.property(anyBox, ({ shape, boxes, target }) => {
    const filled = new Int32Array(volumeOf(target.shape)).fill(-1);
    for (const box of boxes) {
      const piece = elementsOf(shape, box);
      for (const { source, target: at, length } of byteRuns(box, target, 32)) {
        filled.set(piece.subarray(source / 4, (source + length) / 4), at / 4);
      }
    }
    assertEquals(filled, elementsOf(shape, target));
  }));
  const whole = { offsets: [0, 0], shape: [4, 8] };
  assertEquals([...byteRuns(whole, whole, 8)], [{ source: 0, target: 0, length: 32 }]);
  assertEquals([...byteRuns(whole, { offsets: [1, 0], shape: [2, 8] }, 8)], [{
    source: 8,
    target: 0,
    length: 16,
  }]);
});

/** The numbers of the elements of a box among those of the whole. */
function elementsOf(shape: readonly number[], { offsets, shape: own }: Box): Int32Array {
  const elements: number[] = [];
  const walk = (axis: number, number: number) => {
    if (axis === shape.length) {
      elements.push(number);
      return;
    }
    for (let i = 0; i < (own[axis] ?? 0); i++) {
      walk(axis + 1, number * (shape[axis] ?? 1) + (offsets[axis] ?? 0) + i);
    }
  };
  walk(0, 0);
  return Int32Array.from(elements);
}
