import { UnsupportedError } from "@lade/core/errors";
import type { FormatName } from "../registry/format.ts";
import type { Head, HeadOptions, OpenHead } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";

const OPEN: { readonly [Name in FormatName]?: () => Promise<OpenHead> } = {
  npy: async () => (await import("./head_of_npy.ts")).headOfNpy,
  safetensors: async () => (await import("./head_of_safetensors.ts")).headOfSafetensors,
  npz: async () => (await import("./head_of_npz.ts")).headOfNpz,
  zarr: async () => (await import("./head_of_zarr.ts")).headOfZarr,
  hdf5: async () => (await import("./head_of_hdf5.ts")).headOfHdf5,
  tfrecord: async () => (await import("./head_of_records.ts")).headOfRecords,
  tar: async () => (await import("./head_of_members.ts")).headOfMembers,
};

/**
 * Opens what an object begins with: the first rows of a table, the first records, the first members of an archive, or the
 * first elements of arrays. No more is read than that takes, where the format is laid out so.
 */
export async function openHead(opened: OpenedFormat, options: HeadOptions): Promise<Head> {
  const { format, target } = opened;
  const load = options.columns || options.schema ? undefined : OPEN[format.name];
  if (load) return await (await load())(opened, options);
  if (format.openTable) return await (await import("./head_of_table.ts")).headOfTable(opened, options);
  if (options.columns || options.schema) {
    const what = options.columns ? "columns" : "a schema";
    const detail = `${format.name} has no columns to be asked for by ${what}`;
    throw new UnsupportedError({ operation: "read", uri: (await target.open()).uri, detail });
  }
  const detail = `nothing shows the beginning of ${format.name}`;
  throw new UnsupportedError({ operation: "read", uri: (await target.open()).uri, detail });
}
