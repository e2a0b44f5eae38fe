import { type Box, boxFault, intersection, volumeOf, wholeBox } from "./box.ts";

/**
 * Why boxes do not make up an array of `shape`, each element once, as a clause that says where; `undefined` where they do.
 * Boxes of nothing say nothing of others, but an array of nothing needs one.
 */
export function tilingFault(shape: readonly number[], boxes: readonly Box[]): string | undefined {
  for (const box of boxes) {
    const fault = boxFault(box, shape);
    if (fault) return fault;
  }
  if (boxes.length === 0) return "no part of it was saved";
  const filled = boxes.filter((box) => volumeOf(box.shape) > 0);
  const axis = axisOfMostCuts(shape, filled);
  const overlap = firstOverlap(filled, axis);
  if (overlap) {
    const [one, other] = overlap;
    return `the parts of [${one.shape}] from [${one.offsets}] and of [${other.shape}] from [${other.offsets}] overlap`;
  }
  const covered = filled.reduce((sum, box) => sum + volumeOf(box.shape), 0);
  if (covered === volumeOf(shape)) return undefined;
  return `no part of it has the element ${JSON.stringify(firstHole(wholeBox(shape), filled))}`;
}

/** The dimension in which the boxes begin at the most places. */
function axisOfMostCuts(shape: readonly number[], boxes: readonly Box[]): number {
  let [best, most] = [0, 0];
  shape.forEach((_, axis) => {
    const cuts = new Set(boxes.map(({ offsets }) => offsets[axis])).size;
    if (cuts > most) [best, most] = [axis, cuts];
  });
  return best;
}

/** Two boxes that overlap: only those are compared that have places in common on one axis. */
function firstOverlap(boxes: readonly Box[], axis: number): readonly [Box, Box] | undefined {
  const from = (box: Box) => box.offsets[axis] ?? 0;
  const end = (box: Box) => from(box) + (box.shape[axis] ?? 1);
  const sorted = boxes.toSorted((a, b) => from(a) - from(b));
  let open: Box[] = [];
  for (const box of sorted) {
    open = open.filter((other) => end(other) > from(box));
    for (const other of open) if (intersection(other, box)) return [other, box];
    open.push(box);
  }
  return undefined;
}

/** The first element, in C order of the cuts, that lies in none of the boxes, of which none overlap. */
function firstHole(within: Box, boxes: readonly Box[]): number[] {
  const [from = 0, ...rest] = within.offsets;
  const [length = 0, ...restShape] = within.shape;
  if (within.shape.length === 0) return [];
  const cuts = new Set([from]);
  for (const { offsets: [start = 0], shape: [size = 0] } of boxes) {
    cuts.add(start);
    cuts.add(start + size);
  }
  const inner = { offsets: rest, shape: restShape };
  for (const cut of [...cuts].filter((cut) => cut < from + length).sort((a, b) => a - b)) {
    const here = boxes.filter(({ offsets: [start = 0], shape: [size = 0] }) =>
      start <= cut && cut < start + size
    )
      .map(({ offsets, shape }) => ({ offsets: offsets.slice(1), shape: shape.slice(1) }));
    const covered = here.reduce((sum, { shape }) => sum + volumeOf(shape), 0);
    if (covered < volumeOf(restShape)) return [cut, ...firstHole(inner, here)];
  }
  return [...within.offsets];
}
