import { layoutOf } from "../array/dtype.ts";
import { readSafetensors } from "../safetensors/safetensors_file.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions, HeadRow } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first tensors, each with its first elements. */
export async function headOfSafetensors(
  { target }: OpenedFormat,
  { count, signal }: HeadOptions,
): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const file = await readSafetensors(await target.open(), call);
  const rows = async function* (): AsyncGenerator<HeadRow> {
    for (const { name, dtype, shape, offset, length } of [...file.tensors.values()].slice(0, count)) {
      const { bits, view } = layoutOf(dtype);
      // What is packed without holes fills whole bytes.
      const bytes = Math.min(length, Math.ceil(count * bits / 8));
      const piece = new Uint8Array(bytes);
      await file.source.readInto(offset, piece, call);
      const values = arrayValues(dtype, view(piece.buffer, 0, bytes));
      yield [["array", name], ["dtype", dtype], ["shape", shape], ["values", values]];
    }
  };
  return { columns: ["array", "dtype", "shape", "values"], rows: rows() };
}
