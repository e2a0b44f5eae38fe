import type { FormatName } from "@lade/formats";
import { flag, option } from "../syntax/option.ts";
import { filterOptions } from "../transfer/filter_options.ts";
import { treeOptions } from "../transfer/transfer_options.ts";
import { choiceValue } from "../values/plain_values.ts";

/** The formats that a command line can name. */
export const FORMATS = [
  "npy",
  "npz",
  "safetensors",
  "tfrecord",
  "tar",
  "parquet",
  "csv",
  "tsv",
  "jsonl",
  "arrow",
  "arrow-stream",
  "zarr",
  "hdf5",
] as const satisfies readonly FormatName[];

/** Reads the name of a format. */
export const formatValue = choiceValue({ metavar: "FORMAT", choices: FORMATS, anyCase: true });

/** The option of every command that reads formats. */
export const formatOption = {
  format: option(
    ["--format"],
    formatValue,
    undefined,
    `What the objects are, whatever their names and bytes say: ${FORMATS.join(", ")}.`,
  ),
};

/** Options of every command that looks at many objects of any format. */
export const formatTreeOptions = {
  recursive: flag(
    ["-r", "--recursive"],
    "Take what lies below, also where an object has the very name of URI.",
  ),
  jobs: treeOptions.jobs,
  ...filterOptions,
};
