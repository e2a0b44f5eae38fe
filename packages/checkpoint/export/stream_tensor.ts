import { byteLengthOf, elementsOf, layoutOf } from "@lade/formats/array";
import type { Box } from "../boxes/box.ts";
import type { LoadOptions } from "../load/load_tensors.ts";
import type { TensorReader } from "../load/tensor_reader.ts";
import type { TensorInfo } from "../record/tensor_info.ts";

/**
 * Yields the bytes of a tensor in C order, by parts of `maxBytes` at most, of which one is read while the last is in use: two
 * are in memory. A part is valid until the next is asked for.
 */
export async function* streamTensor(
  reader: Pick<TensorReader, "load">,
  tensor: TensorInfo,
  maxBytes: number,
  options: LoadOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const { name, dtype } = tensor;
  const memory: Uint8Array<ArrayBuffer>[] = [];
  const read = async ({ offsets, shape }: Box, turn: number) => {
    const length = byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0;
    if ((memory[turn]?.length ?? -1) < length) memory[turn] = new Uint8Array(length);
    const data = (memory[turn] ?? new Uint8Array(0)).subarray(0, length);
    await reader.load([{ name, offsets, shape, data }], options);
    return data;
  };
  let turn = 0;
  let next: Promise<Uint8Array<ArrayBuffer>> | undefined;
  try {
    for (const box of consecutiveBoxes(tensor, maxBytes)) {
      const last = next;
      next = read(box, turn);
      // It is looked at in its turn, or at the end.
      next.catch(() => {});
      turn = 1 - turn;
      if (last) yield await last;
    }
    if (next) yield await next;
  } finally {
    await next?.catch(() => {});
  }
}

/** Cuts a tensor into parts whose bytes follow one another in C order, each of `maxBytes` at most where that can be. */
export function* consecutiveBoxes(
  { dtype, shape }: TensorInfo,
  maxBytes: number,
): Generator<Box, void, void> {
  const { bits } = layoutOf(dtype);
  const volume = (from: number) => shape.slice(from).reduce((product, length) => product * length, 1);
  if (volume(0) === 0) return;
  // The outermost dimension whose rows fit; all before it are taken one by one.
  let axis = 0;
  while (
    axis < shape.length - 1 && volume(axis + 1) * bits > maxBytes * 8 && volume(axis + 1) * bits % 8 === 0
  ) {
    axis++;
  }
  const rowBits = volume(axis + 1) * bits;
  // Elements of less than a byte: a part begins and ends with one.
  const unit = rowBits % 8 === 0 ? 1 : 8;
  const step = Math.max(unit, Math.floor(maxBytes * 8 / rowBits / unit) * unit);
  const length = shape[axis] ?? 1;
  const outer = shape.slice(0, axis);
  const at = outer.map(() => 0);
  for (;;) {
    for (let from = 0; from < length; from += step) {
      const count = Math.min(step, length - from);
      yield shape.length === 0 ? { offsets: [], shape: [] } : {
        offsets: [...at, from, ...shape.slice(axis + 1).map(() => 0)],
        shape: [...outer.map(() => 1), count, ...shape.slice(axis + 1)],
      };
    }
    let place = axis - 1;
    while (place >= 0 && (at[place] = (at[place] ?? 0) + 1) === outer[place]) at[place--] = 0;
    if (place < 0) return;
  }
}
