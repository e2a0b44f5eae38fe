/** A part of an array: from `offsets`, `shape` elements in each dimension. */
export interface Box {
  /** Its first element. */
  readonly offsets: readonly number[];
  /** Its length in each dimension. */
  readonly shape: readonly number[];
}

/** Elements of a shape; 1 of the empty one. */
export function volumeOf(shape: readonly number[]): number {
  return shape.reduce((volume, length) => volume * length, 1);
}

/** The whole of an array of a shape. */
export function wholeBox(shape: readonly number[]): Box {
  return { offsets: shape.map(() => 0), shape };
}

/** What two boxes have in common; `undefined` where that is nothing. They have as many dimensions. */
export function intersection(a: Box, b: Box): Box | undefined {
  const offsets: number[] = [];
  const shape: number[] = [];
  for (let axis = 0; axis < a.shape.length; axis++) {
    const [fromA = 0, fromB = 0] = [a.offsets[axis], b.offsets[axis]];
    const from = Math.max(fromA, fromB);
    const end = Math.min(fromA + (a.shape[axis] ?? 0), fromB + (b.shape[axis] ?? 0));
    if (end <= from) return undefined;
    offsets.push(from);
    shape.push(end - from);
  }
  return { offsets, shape };
}

/** Why a box is no part of an array of `shape`, as a clause; `undefined` where it is. */
export function boxFault({ offsets, shape: own }: Box, shape: readonly number[]): string | undefined {
  if (own.length !== shape.length || offsets.length !== shape.length) {
    return `a part of [${own}] from [${offsets}] has not the ${shape.length} dimensions of [${shape}]`;
  }
  const isInside = shape.every((length, axis) => (offsets[axis] ?? 0) + (own[axis] ?? 0) <= length);
  return isInside ? undefined : `a part of [${own}] from [${offsets}] passes the end of [${shape}]`;
}
