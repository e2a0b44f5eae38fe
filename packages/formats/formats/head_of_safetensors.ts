import { layoutOf } from "../array/dtype.ts";
import { readSafetensors } from "../safetensors/safetensors_file.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions } from "./head.ts";
import { headOfArrays } from "./head_of_arrays.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first tensors, each with its first elements. */
export async function headOfSafetensors(
  { target }: OpenedFormat,
  { count, signal }: HeadOptions,
): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const file = await readSafetensors(await target.open(), call);
  const arrays = Array.from(file.tensors.values(), ({ name, dtype, shape, offset, length }) => {
    const values = async () => {
      const { bits, view } = layoutOf(dtype);
      // What is packed without holes fills whole bytes.
      const bytes = Math.min(length, Math.ceil(count * bits / 8));
      const piece = new Uint8Array(bytes);
      await file.source.readInto(offset, piece, call);
      return arrayValues(dtype, view(piece.buffer, 0, bytes));
    };
    return { name, dtype, shape, values };
  });
  return headOfArrays(arrays, count);
}
