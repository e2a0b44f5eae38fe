import { openZarr } from "../zarr/open_zarr.ts";
import { ZarrArray } from "../zarr/zarr_array.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions } from "./head.ts";
import { firstBlock, type HeadArray, headOfArrays } from "./head_of_arrays.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first arrays of a group, or the one array, each with its first elements: by the chunks that have them. */
export async function headOfZarr({ target }: OpenedFormat, { count, signal }: HeadOptions): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const node = await openZarr(target.store, target.key, call);
  const headOf = (name: string, array: ZarrArray): HeadArray => {
    const { shape, dtype, metadata } = array;
    const values = async () => {
      if (dtype === undefined) return null;
      const region = firstBlock(shape, count).map((to) => [0, to] as const);
      const { data } = await array.read({ ...call, region });
      return arrayValues(dtype, data).slice(0, count);
    };
    return { name, dtype: dtype ?? metadata.type.text, shape, values };
  };
  const arrays = async function* (): AsyncGenerator<HeadArray> {
    if (node instanceof ZarrArray) yield headOf("", node);
    else for await (const [path, array] of node.arrays(call)) yield headOf(path, array);
  };
  return headOfArrays(arrays(), count, node instanceof ZarrArray);
}
