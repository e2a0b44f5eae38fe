import { type Box, intersection } from "./box.ts";

/** Bytes that lie side by side both in a piece and in the target. */
export interface ByteRun {
  /** The first byte in the piece. */
  readonly source: number;
  /** The first byte in the target. */
  readonly target: number;
  /** Bytes. */
  readonly length: number;
}

/**
 * Which bytes of a piece belong to a target, and where: both lie in C order, elements of `bits` one after the other. Runs
 * come in the order of both, as long as they can be. Nothing where the boxes have nothing in common. Elements of less than a
 * byte that are cut within a byte are a `RangeError`.
 */
export function* byteRuns(piece: Box, target: Box, bits: number): Generator<ByteRun, void, void> {
  const common = intersection(piece, target);
  if (!common) return;
  const dimensions = common.shape.length;
  // The innermost dimensions that are whole in both make one run, and the next one a part of it.
  let inner = dimensions - 1;
  let length = dimensions === 0 ? 1 : common.shape[inner] ?? 1;
  while (
    inner > 0 && common.shape[inner] === piece.shape[inner] && common.shape[inner] === target.shape[inner]
  ) {
    inner--;
    length *= common.shape[inner] ?? 1;
  }
  const [inPiece, inTarget] = [stridesOf(piece.shape), stridesOf(target.shape)];
  const at = [...common.offsets];
  for (;;) {
    let [source, place] = [0, 0];
    for (let axis = 0; axis < dimensions; axis++) {
      source += ((at[axis] ?? 0) - (piece.offsets[axis] ?? 0)) * (inPiece[axis] ?? 0);
      place += ((at[axis] ?? 0) - (target.offsets[axis] ?? 0)) * (inTarget[axis] ?? 0);
    }
    yield { source: bytesOf(source, bits), target: bytesOf(place, bits), length: bytesOf(length, bits) };
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      const next = (at[axis] ?? 0) + 1;
      if (next < (common.offsets[axis] ?? 0) + (common.shape[axis] ?? 0)) {
        at[axis] = next;
        break;
      }
      at[axis] = common.offsets[axis] ?? 0;
    }
    if (axis < 0) return;
  }
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

function bytesOf(elements: number, bits: number): number {
  const all = elements * bits;
  if (all % 8 !== 0) throw new RangeError(`Cannot cut elements of ${bits} bits within a byte`);
  return all / 8;
}
