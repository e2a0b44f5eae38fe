import { type ObjectStore, objectUri } from "@lade/core";
import type { FormatName } from "@lade/formats";
import { detectFormat } from "@lade/formats/formats";
import type { MapDataset } from "../datasets/dataset.ts";
import type { ListedOptions } from "../datasets/listed_shards.ts";
import type { ObjectTable } from "../datasets/object_table.ts";
import { isZarrDocument, samplesOfName } from "./dataset_kinds.ts";

/** Kinds of samples that several formats have. */
export type RowsKind = "rows" | "arrays" | "batches";

/** Options of {@linkcode openRows}. */
export interface OpenRowsOptions extends ListedOptions {
  /** What messages call it. */
  readonly uri: string;
  /** Columns that are read. */
  readonly fields?: readonly string[];
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/** Objects whose rows are opened. */
export interface RowsObjects {
  /** What they lie below. */
  readonly prefix: string;
  /** All of them. */
  readonly objects: ObjectTable;
  /** The keys of those that are no marks. */
  readonly keys: () => readonly string[];
}

/**
 * Opens objects of one format whose samples are rows of it, or whole arrays, or several rows. The format is told by their
 * names, or where the first one's says nothing by its bytes; only what it takes is loaded.
 */
export async function openRows(
  store: ObjectStore,
  { prefix, objects, keys: keysOf }: RowsObjects,
  kind: RowsKind,
  options: OpenRowsOptions,
): Promise<MapDataset<unknown>> {
  const { uri, fields, ...call } = options;
  if (isZarrAt(prefix, objects)) return await openZarr(store, objects, kind, options);
  const keys = keysOf();
  const format = await onlyFormat(store, keys, { uri, ...call });
  const refuse = (detail: string) => new TypeError(`Cannot load ${JSON.stringify(uri)}: ${detail}`);
  switch (format) {
    case "npy": {
      if (kind === "batches") {
        throw refuse('npy files have no batches of rows; say kind (--kind) "rows" or "arrays"');
      }
      if (fields) throw refuse("npy files have no fields");
      const { rowsDataset } = await import("../datasets/rows_dataset.ts");
      return await rowsDataset(store, keys, { uri, ...call, wholeFiles: kind === "arrays" });
    }
    case "parquet":
    case "arrow": {
      if (kind === "arrays") {
        throw refuse(`${format} files are no arrays; say kind (--kind) "rows" or "batches"`);
      }
      const { tableDataset } = await import("../datasets/table_dataset.ts");
      return await tableDataset(store, keys, format, { ...options, wholeGroups: kind === "batches" });
    }
    case "safetensors": {
      if (kind === "batches") {
        throw refuse('safetensors have no batches of rows; say kind (--kind) "rows" or "arrays"');
      }
      const { tensorsDataset } = await import("../datasets/tensors_dataset.ts");
      return await tensorsDataset(store, keys, { ...options, wholeTensors: kind === "arrays" });
    }
    case "zarr":
      return await openZarr(store, objects, kind, options);
    default:
      throw refuse(`rows of ${format} are no samples; say kind (--kind) "files" for whole objects`);
  }
}

function isZarrAt(prefix: string, objects: ObjectTable): boolean {
  for (let index = 0; index < objects.length; index++) {
    if (isZarrDocument(objects.at(index).key, prefix)) return true;
  }
  return false;
}

async function openZarr(
  store: ObjectStore,
  objects: ObjectTable,
  kind: RowsKind,
  options: OpenRowsOptions,
): Promise<MapDataset<unknown>> {
  if (kind === "arrays") {
    const uri = JSON.stringify(options.uri);
    throw new TypeError(
      `Cannot load ${uri}: whole Zarr arrays are no samples; say kind (--kind) "rows" or "batches"`,
    );
  }
  const { zarrDataset } = await import("../datasets/zarr_dataset.ts");
  return await zarrDataset(store, objects, { ...options, wholeChunks: kind === "batches" });
}

/** The format of all objects; where there are several it is a `TypeError`. */
async function onlyFormat(
  store: ObjectStore,
  keys: readonly string[],
  { uri, signal }: { readonly uri: string; readonly signal?: AbortSignal },
): Promise<FormatName> {
  const [first = ""] = keys;
  const format = samplesOfName(first).format ??
    (await detectFormat(store, first, signal ? { signal } : {})).format;
  const other = keys.find((key) => (samplesOfName(key).format ?? format) !== format);
  if (other === undefined) return format;
  const told = `${format} in ${JSON.stringify(objectUri(store.uri, first))} and ${
    samplesOfName(other).format
  } in ${JSON.stringify(objectUri(store.uri, other))}`;
  throw new TypeError(
    `Cannot load ${JSON.stringify(uri)}: there are ${told}, which have rows of their own; open them apart`,
  );
}
