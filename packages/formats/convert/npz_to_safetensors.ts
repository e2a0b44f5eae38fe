import { type ObjectStore, objectUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { inCOrder } from "../array/c_order.ts";
import { isNdArray, isNumeric } from "../npy/npy_type.ts";
import type { NpzFile, NpzMemberOptions } from "../npz/npz_file.ts";
import { rowOfDType } from "../safetensors/dtype_names.ts";
import type { TensorToWrite } from "../safetensors/tensor_data.ts";
import {
  writeSafetensors,
  type WriteSafetensorsOptions,
  type WrittenSafetensors,
} from "../safetensors/write_safetensors.ts";

/** Options of {@linkcode npzToSafetensors}. */
export interface NpzToSafetensorsOptions extends WriteSafetensorsOptions, Pick<NpzMemberOptions, "maxSize"> {
  /** The arrays wanted; all by default. */
  readonly names?: readonly string[];
  /** Is told of each array once it is read. */
  readonly onArray?: (name: string, bytes: number) => void;
}

/**
 * Writes the arrays of an npz file as a safetensors file, under their names. One array is in memory at a time, and its
 * CRC-32 is compared; one in Fortran order is put in C order. An array that safetensors has no dtype for, and a member that is
 * no array, unless `names` leaves it out, are an `UnsupportedError` before anything is written.
 */
export async function npzToSafetensors(
  npz: NpzFile,
  store: ObjectStore,
  key: string,
  options: NpzToSafetensorsOptions = {},
): Promise<WrittenSafetensors> {
  const { names, onArray, maxSize, ...write } = options;
  const refused = (detail: string) =>
    new UnsupportedError({ operation: "convert to", uri: objectUri(store.uri, key), detail });
  const other = names ? undefined : npz.members.find(({ name }) => !name.endsWith(".npy"));
  if (other) throw refused(`the member ${JSON.stringify(other.name)} is no array`);
  const call = { ...(write.signal && { signal: write.signal }) };
  const member = { ...call, ...(maxSize !== undefined && { maxSize }) };
  const tensors: TensorToWrite[] = [];
  for (const name of names ?? npz.names) {
    const { type, shape, descr } = await npz.header(name, call);
    if (!isNumeric(type) || !rowOfDType(type.dtype)) {
      throw refused(`safetensors has no dtype for the array ${JSON.stringify(name)} of ${descr}`);
    }
    const data = async () => {
      const array = await npz.read(name, member);
      if (!isNdArray(array)) throw refused(`the array ${JSON.stringify(name)} is no longer one of numbers`);
      onArray?.(name, array.data.byteLength);
      return inCOrder(array);
    };
    tensors.push({ name, dtype: type.dtype, shape, data });
  }
  return await writeSafetensors(store, key, tensors, write);
}
