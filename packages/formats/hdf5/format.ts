import { FaultList } from "../registry/fault_list.ts";
import type { Format } from "../registry/format.ts";
import { type Hdf5Dataset, Hdf5File } from "./hdf5_file.ts";

const CHECKSUM = "fletcher32";

/** What commands ask of HDF5. */
export const format: Format = {
  name: "hdf5",

  async describe(target, options) {
    using file = await Hdf5File.open(await target.open("start"), target.store.context, options);
    const datasets = [...file.datasets.values()];
    return {
      format: "hdf5",
      size: file.size,
      arrays: datasets.map(({ path, name, shape, chunks, filters }) => ({
        name: path,
        dtype: name as string & Record<never, never>,
        shape,
        order: "C",
        ...(chunks && { chunks }),
        ...(filters.length > 0 && { compression: filters.join(", ") }),
      })),
      checksums: datasets.some(hasChecksum) ? ["Fletcher-32 of each chunk"] : [],
    };
  },

  /** Reads all data sets that can be read: the library compares the checksums of their chunks, and of newer files' headers. */
  async verify(target, options = {}) {
    const source = await target.open("start");
    const list = new FaultList(options);
    let [checked, unchecked] = [0, 0];
    await list.step(async () => {
      using file = await Hdf5File.open(source, target.store.context, options);
      options.onBytes?.(source.size);
      await list.step(() => file.checkEnd());
      for (const dataset of file.datasets.values()) {
        if (list.isFull) break;
        await list.step(async () => {
          const length = await file.check(dataset.path, options);
          if (!hasChecksum(dataset)) unchecked += length ?? 0;
          else if (length !== undefined) checked++;
        });
      }
    });
    return {
      checked: checked > 0 ? { "Fletcher-32 of a data set": checked } : {},
      unchecked,
      bytes: source.size,
      faults: list.faults,
    };
  },
};

function hasChecksum({ filters }: Hdf5Dataset): boolean {
  return filters.includes(CHECKSUM);
}
