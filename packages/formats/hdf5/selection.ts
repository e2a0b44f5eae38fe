/** Indices of one dimension, from `from` up to before `to`; all by default. */
export interface Hdf5Range {
  /** The first one; 0 by default. */
  readonly from?: number;
  /** The one behind the last; the length by default. */
  readonly to?: number;
}

/** A block of a data set. */
export interface Selection {
  /** Where it begins in each dimension. */
  readonly offset: readonly number[];
  /** Its length in each dimension. */
  readonly shape: readonly number[];
}

/** The block that is wanted; one that does not lie within the shape is a `RangeError`. */
export function selectionOf(shape: readonly number[], slice: readonly Hdf5Range[], what: string): Selection {
  if (slice.length > shape.length) {
    throw new RangeError(`Cannot read ${what}: it has ${shape.length} dimensions, not ${slice.length}`);
  }
  const offset: number[] = [];
  const lengths = shape.map((length, dimension) => {
    const { from = 0, to = length } = slice[dimension] ?? {};
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to > length) {
      throw new RangeError(
        `Cannot read ${what}: ${from} to ${to} of dimension ${dimension} are wanted, which has ${length}`,
      );
    }
    offset.push(from);
    return to - from;
  });
  return { offset, shape: lengths };
}

/**
 * Cuts a block along its first dimension into pieces of `most` bytes or less, but of one row at least, which begin and end with
 * chunks where these are smaller.
 */
export function* piecesOf(
  { offset, shape }: Selection,
  rowSize: number,
  most: number,
  chunk = 1,
): Generator<Selection> {
  const [first = 0, ...rest] = offset;
  const [rows = 0, ...lengths] = shape;
  const step = Math.max(1, Math.floor(most / Math.max(1, rowSize)));
  for (let at = first; at < first + rows;) {
    const whole = at + step - (at + step) % chunk;
    const end = Math.min(first + rows, whole > at ? whole : at + step);
    yield { offset: [at, ...rest], shape: [end - at, ...lengths] };
    at = end;
  }
}
