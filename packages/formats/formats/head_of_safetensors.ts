import type { CallOptions } from "@lade/core";
import { layoutOf } from "../array/dtype.ts";
import { readSafetensors, type SafetensorsFile } from "../safetensors/safetensors_file.ts";
import { readSafetensorsSet } from "../safetensors/safetensors_set.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions } from "./head.ts";
import { type HeadArray, headOfArrays } from "./head_of_arrays.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first tensors, each with its first elements: of a file, or of the files of an index. */
export async function headOfSafetensors(
  { target }: OpenedFormat,
  { count, signal }: HeadOptions,
): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const { store, key } = target;
  const source = await target.open();
  if (!key.endsWith(".json")) {
    return headOfArrays(tensorsOf(await readSafetensors(source, call), count, call), count);
  }
  const set = await readSafetensorsSet(store, key, source, call);
  const arrays = async function* () {
    for (const file of set.fileKeys) yield* tensorsOf(await set.open(file, call), count, call);
  };
  return headOfArrays(arrays(), count);
}

function* tensorsOf(
  { source, tensors }: SafetensorsFile,
  count: number,
  call: CallOptions,
): Generator<HeadArray> {
  for (const { name, dtype, shape, offset, length } of tensors.values()) {
    const values = async () => {
      const { bits, view } = layoutOf(dtype);
      // What is packed without holes fills whole bytes.
      const piece = new Uint8Array(Math.min(length, Math.ceil(count * bits / 8)));
      await source.readInto(offset, piece, call);
      return arrayValues(dtype, view(piece.buffer, 0, piece.length));
    };
    yield { name, dtype, shape, values };
  }
}
