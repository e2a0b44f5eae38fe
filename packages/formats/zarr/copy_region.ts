/** Bytes of elements, and how far the next one of each dimension is. */
export interface StridedBytes {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** Where the first element begins. */
  readonly offset: number;
  /** Bytes from one element to the next, for each dimension. */
  readonly strides: readonly number[];
}

/** Bytes from one element to the next in each dimension; `order` has the dimension that changes slowest first. */
export function stridesOf(
  shape: readonly number[],
  order: readonly number[],
  elementBytes: number,
): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let step = elementBytes;
  for (const axis of order.toReversed()) {
    strides[axis] = step;
    step *= shape[axis] ?? 1;
  }
  return strides;
}

/** Copies a block of elements from one arrangement into another: runs at once, where both have them side by side. */
export function copyRegion(
  from: StridedBytes,
  to: StridedBytes,
  lengths: readonly number[],
  elementBytes: number,
): void {
  if (lengths.includes(0)) return;
  let run = elementBytes;
  let axes = lengths.length;
  while (axes > 0 && from.strides[axes - 1] === run && to.strides[axes - 1] === run) {
    axes--;
    run *= lengths[axes] ?? 1;
  }
  const index = new Array<number>(axes).fill(0);
  let [source, target] = [from.offset, to.offset];
  for (;;) {
    if (run <= 16) { for (let at = 0; at < run; at++) to.bytes[target + at] = from.bytes[source + at] ?? 0; }
    else to.bytes.set(from.bytes.subarray(source, source + run), target);
    let axis = axes - 1;
    for (; axis >= 0; axis--) {
      source += from.strides[axis] ?? 0;
      target += to.strides[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      if (index[axis] !== lengths[axis]) break;
      source -= (from.strides[axis] ?? 0) * (lengths[axis] ?? 0);
      target -= (to.strides[axis] ?? 0) * (lengths[axis] ?? 0);
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Puts an element everywhere in a block. */
export function fillRegion(
  element: Uint8Array,
  to: StridedBytes,
  lengths: readonly number[],
): void {
  copyRegion({ bytes: element, offset: 0, strides: lengths.map(() => 0) }, to, lengths, element.length);
}
