import type { ObjectStore } from "@lade/core";
import type { NdArray } from "@lade/formats/array";
import { FormatError } from "@lade/formats/errors";
import { readSafetensors, type TensorPlace } from "@lade/formats/safetensors";
import { ObjectSource } from "@lade/formats/source";
import type { MapDataset } from "./dataset.ts";
import { openShards } from "./open_shards.ts";
import { TensorRowsPart } from "./tensor_rows_part.ts";
import { TensorsPart } from "./tensors_part.ts";
import type { TensorRow, TensorsDatasetOptions } from "./tensor_samples.ts";

/** Opens the safetensors files of all keys as one data set. */
export async function openTensors(
  store: ObjectStore,
  keys: readonly string[],
  { fields, wholeTensors = false, ...options }: TensorsDatasetOptions,
): Promise<MapDataset<NdArray | TensorRow>> {
  let first: { readonly key: string; readonly rows: string } | undefined;
  return await openShards<NdArray | TensorRow>(store, keys, async (key, signal) => {
    const source = await ObjectSource.open(store, key, { signal });
    const { tensors } = await readSafetensors(source, { signal });
    source.forget();
    const fault = (detail: string) => new FormatError({ operation: "load", uri: source.uri, detail });
    const places = chosen(tensors, fields, fault);
    const file = { store, key, source, places, columns: fields };
    const bytes = places.reduce((sum, { length }) => sum + length, 0);
    if (wholeTensors) return { part: new TensorsPart(file), bytes, info: source.info };
    const told = rowsTold(places, fault);
    first ??= { key, rows: told };
    if (told !== first.rows) {
      throw fault(`its rows are ${told}, and those of ${JSON.stringify(first.key)} are ${first.rows}`);
    }
    return { part: new TensorRowsPart(file), bytes, info: source.info };
  }, { ...options, inBlocks: !wholeTensors });
}

function chosen(
  tensors: ReadonlyMap<string, TensorPlace>,
  fields: readonly string[] | undefined,
  fault: (detail: string) => Error,
): readonly TensorPlace[] {
  return (fields ?? [...tensors.keys()]).map((name) => {
    const place = tensors.get(name);
    if (place) return place;
    const some = [...tensors.keys()].slice(0, 20).map((known) => JSON.stringify(known)).join(", ");
    throw fault(`it has no tensor ${JSON.stringify(name)}; there are: ${some || "none"}`);
  });
}

/** What a row is, in words that two files have in common where their rows are alike. */
function rowsTold(places: readonly TensorPlace[], fault: (detail: string) => Error): string {
  const [first] = places;
  if (!first) throw fault("it has no tensors");
  return places.map(({ name, dtype, shape, length }) => {
    const [rows, ...rest] = shape;
    const advice =
      'choose tensors with as many rows by fields, or say kind (--kind) "arrays" for whole tensors';
    if (rows === undefined) throw fault(`tensor ${JSON.stringify(name)} has no rows; ${advice}`);
    if (rows !== first.shape[0]) {
      const other = `${first.shape[0]} of ${JSON.stringify(first.name)}`;
      throw fault(`tensor ${JSON.stringify(name)} has ${rows} rows, against ${other}; ${advice}`);
    }
    if (rows > 0 && length % rows !== 0) {
      throw fault(`rows of tensor ${JSON.stringify(name)} of ${dtype} do not begin with a byte; ${advice}`);
    }
    return `${JSON.stringify(name)} of ${dtype}[${rest.join(", ")}]`;
  }).join(", ");
}
