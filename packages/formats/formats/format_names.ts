import type { FormatName } from "../registry/format.ts";
import type { Compression } from "../source/decompress.ts";

/** What the name of an object says of it. */
export interface NamedFormat {
  /** The format, where the name ends in one of a format's suffixes. */
  readonly format?: FormatName;
  /** How the object as a whole is compressed. */
  readonly compression?: Compression;
}

/** The suffixes of each format, the usual one first. */
export const FORMAT_SUFFIXES: Readonly<Record<FormatName, readonly string[]>> = {
  npy: [".npy"],
  npz: [".npz"],
  safetensors: [".safetensors", ".safetensors.index.json"],
  tfrecord: [".tfrecord", ".tfrecords", ".tfr"],
  tar: [".tar"],
  parquet: [".parquet", ".parq", ".pq"],
  csv: [".csv"],
  tsv: [".tsv", ".tab"],
  jsonl: [".jsonl", ".ndjson", ".jsonlines"],
  arrow: [".arrow", ".feather", ".ipc"],
  "arrow-stream": [".arrows"],
  zarr: [".zarr"],
  hdf5: [".hdf5", ".h5", ".hdf", ".he5"],
};

/** The suffixes of compressions, and those that stand for a format and a compression. */
const COMPRESSED: readonly (readonly [suffix: string, compression: Compression, stands: string])[] = [
  [".tgz", "gzip", ".tar"],
  [".gz", "gzip", ""],
  [".tzst", "zstd", ".tar"],
  [".zst", "zstd", ""],
  [".zstd", "zstd", ""],
];

/** The shard's number behind the suffix, as TensorFlow's data sets write it: `train.tfrecord-00000-of-00016`. */
const SHARD = /-\d{5,}-of-\d{5,}$/;

/** The list of a data set's objects, whose first line says what it is: no table, though it has its columns. */
const MANIFEST = /(?:^|\/)lade-manifest\.tsv$/;

/**
 * What a name says: the format by its suffix, in upper or lower case, which may stand before `.gz` or `.zst` and before a
 * shard's number. Nothing is read.
 */
export function formatOfName(name: string): NamedFormat {
  if (MANIFEST.test(name)) return {};
  let base = name.replace(/\/+$/, "").toLowerCase().replace(SHARD, "");
  const found = COMPRESSED.find(([suffix]) => base.endsWith(suffix));
  if (found) base = (base.slice(0, -found[0].length) + found[2]).replace(SHARD, "");
  const format = (Object.keys(FORMAT_SUFFIXES) as FormatName[])
    .find((each) => FORMAT_SUFFIXES[each].some((suffix) => base.endsWith(suffix)));
  return { ...(format && { format }), ...(found && { compression: found[1] }) };
}
