import { FormatError } from "../errors/format_error.ts";
import type { Format } from "../registry/format.ts";
import { readSafetensors } from "./safetensors_file.ts";

/** What commands ask of safetensors. */
export const format: Format = {
  name: "safetensors",

  async describe(target, options) {
    const file = await readSafetensors(await target.open("start"), options);
    return {
      format: "safetensors",
      size: file.source.size,
      arrays: Array.from(file.tensors.values(), ({ name, dtype, shape, length }) => {
        return { name, dtype, shape, bytes: length, order: "C" as const };
      }),
      checksums: [],
      metadata: file.metadata,
    };
  },

  /** The format has no checksums: what it can tell, it tells by its header and the object's size. */
  async verify(target, options = {}) {
    const source = await target.open("start");
    try {
      const { dataOffset, dataLength } = await readSafetensors(source, options);
      options.onBytes?.(dataOffset);
      return { checked: {}, unchecked: dataLength, bytes: dataOffset, faults: [] };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      options.onFault?.(error);
      return { checked: {}, unchecked: source.size, bytes: 0, faults: [error] };
    }
  },
};
