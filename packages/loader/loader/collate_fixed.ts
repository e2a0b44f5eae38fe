import { layoutOf, type NdArray } from "@lade/formats/array";
import type { FixedSample } from "../datasets/dataset.ts";

/**
 * The samples of a batch as one array: `shape` is the samples' with their number before it. They lie in `memory` one after
 * the other, in slots of one size; those whose place is not in `places` are closed up.
 */
export function collateFixed(
  memory: Uint8Array<ArrayBuffer>,
  { dtype, shape }: FixedSample,
  slots: number,
  places: readonly number[],
): NdArray {
  const size = slots === 0 ? 0 : memory.length / slots;
  if (places.length < slots) {
    places.forEach((place, to) => {
      if (place !== to) memory.copyWithin(to * size, place * size, (place + 1) * size);
    });
  }
  const data = layoutOf(dtype).view(memory.buffer, memory.byteOffset, places.length * size);
  return { dtype, shape: [places.length, ...shape], order: "C", data };
}
