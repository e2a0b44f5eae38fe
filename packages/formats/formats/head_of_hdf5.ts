import { UnsupportedError } from "@lade/core/errors";
import { Hdf5File } from "../hdf5/hdf5_file.ts";
import { arrayValues } from "./array_values.ts";
import type { Head, HeadOptions } from "./head.ts";
import { firstBlock, type HeadArray, headOfArrays } from "./head_of_arrays.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first data sets, each with its first elements. The file is in memory as long as they are asked for. */
export async function headOfHdf5({ target }: OpenedFormat, { count, signal }: HeadOptions): Promise<Head> {
  const call = { ...(signal && { signal }) };
  const source = await target.open();
  const arrays = async function* (): AsyncGenerator<HeadArray> {
    using file = await Hdf5File.open(source, target.store.context, call);
    for (const { path, name, shape, dtype, text } of file.datasets.values()) {
      const values = async () => {
        const slice = firstBlock(shape, count).map((to) => ({ to }));
        try {
          if (text) return (await file.readText(path, { ...call, slice })).slice(0, count);
          if (dtype === undefined) return null;
          return arrayValues(dtype, (await file.read(path, { ...call, slice })).data).slice(0, count);
        } catch (error) {
          if (error instanceof UnsupportedError) return null;
          throw error;
        }
      };
      yield { name: path, dtype: name, shape, values };
    }
  };
  return headOfArrays(arrays(), count);
}
