import type { Format, FormatName } from "../registry/format.ts";

/**
 * Loads each format when it is first asked for. A format's row is
 *
 *     npy: async () => (await import("../npy/format.ts")).format,
 *
 * and its suffixes and signs are in `format_names.ts` and `format_signs.ts`.
 */
const LOAD: Readonly<Record<FormatName, () => Promise<Format>>> = {
  arrow: async () => (await import("../arrow/format.ts")).format,
  "arrow-stream": async () => (await import("../arrow/format.ts")).streamFormat,
  hdf5: async () => (await import("../hdf5/format.ts")).format,
  safetensors: async () => (await import("../safetensors/format.ts")).format,
  npy: async () => (await import("../npy/format.ts")).format,
  tfrecord: async () => (await import("../tfrecord/format.ts")).format,
  tar: async () => (await import("../webdataset/format.ts")).format,
  csv: async () => (await import("../csv/format.ts")).format,
  tsv: async () => (await import("../csv/format.ts")).tsvFormat,
  jsonl: async () => (await import("../jsonl/format.ts")).format,
  parquet: async () => (await import("../parquet/format.ts")).format,
  npz: async () => (await import("../npz/format.ts")).format,
  zarr: async () => (await import("../zarr/format.ts")).format,
};

/** The names of the formats. */
export const FORMAT_NAMES: readonly FormatName[] = Object.keys(LOAD) as FormatName[];

/** Whether a word is the name of a format. */
export function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(LOAD, name);
}

/** Loads a format. A name that is none is a `TypeError` that names those that are. */
export async function loadFormat(name: FormatName): Promise<Format> {
  const load = isFormatName(name) ? LOAD[name] : undefined;
  if (load) return await load();
  throw new TypeError(
    `Cannot load the format ${JSON.stringify(name)}: it is none of ${FORMAT_NAMES.join(", ")}`,
  );
}
