import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { checkOptions, optionWords } from "@lade/core/backend";
import { UnavailableError } from "@lade/core/errors";
import { byteLengthOf, elementsOf, type NdArray } from "@lade/formats/array";
import type { LoaderOptions } from "../config/loader_options.ts";
import { type Dataset, type FixedSample, isMapDataset, type MapDataset } from "../datasets/dataset.ts";
import { needDataset } from "../datasets/need_dataset.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import { createLoader } from "../loader/create_loader.ts";
import { MANIFEST_NAME, writeManifest } from "../manifest/manifest.ts";
import { PACK_MARKER, type PackPlan } from "../manifest/pack_plan.ts";
import { batchSizeOf } from "./batch_size_of.ts";
import type { CreateShard } from "./open_shard.ts";
import { checkMarker, type PackedShards } from "./pack_marker.ts";
import type { PackedDataset, PackOptions } from "./pack_options.ts";
import { kindOfFormat, type PackPlace, preparePlace } from "./pack_place.ts";
import type { IndexedSample } from "./pack_sample.ts";
import { recordShards } from "./record_shards.ts";
import { rowShards } from "./row_shards.ts";
import { sampleShards } from "./sample_shards.ts";
import { packDestination, packedIndexKey, packedKey } from "./shard_names.ts";
import { checkRows, rowEncoder, tableShards } from "./table_shards.ts";
import { writeShards, type Writing } from "./write_shards.ts";

const SHARD_SIZE = 256 * 2 ** 20;
const OPTIONS = {
  format: "any",
  shardSize: "any",
  shuffle: "any",
  seed: "any",
  records: "any",
  prefix: "any",
  replacePack: "boolean",
  onError: "any",
  maxSkipped: "any",
  pool: "any",
  onProgress: "function",
  onShard: "function",
  signal: "signal",
} as const;

/**
 * Writes the samples of a data set to shards below `key`, a prefix or a name with `%06d` for the shards' numbers, in the order
 * that a loader with the same `shuffle` and `seed` has in its first epoch; reading the shards as they lie gives them again.
 * Samples are read ahead as a loader does, and written as they come: memory is that of a few batches.
 *
 * A shard becomes visible when it is whole, and the manifest is written last. Until then a marker lies beside them, which
 * says what is done, and nobody can load what is there. When it is broken off, the same call goes on behind the last whole
 * shard, and gives the same shards. What lies there besides is a `NotEmptyError`, and nothing is removed that was not written
 * by a pack.
 */
export async function packDataset(
  dataset: Dataset<unknown>,
  store: ObjectStore,
  key: string,
  options: PackOptions = {},
): Promise<PackedDataset> {
  needDataset("pack", dataset);
  checkOptions("pack", options, OPTIONS);
  const { shardSize = SHARD_SIZE, signal, replacePack = false, onProgress, records = "examples" } = options;
  if (!(Number.isSafeInteger(shardSize) && shardSize > 0)) {
    throw new RangeError(
      `Cannot pack into shards of ${optionWords(shardSize)} bytes: a whole number from 1 up is needed`,
    );
  }
  if (records !== "examples" && records !== "bytes") {
    throw new TypeError(`Cannot pack with records ${optionWords(records)}: they are "examples" or "bytes"`);
  }
  const place: PackPlace = {
    store,
    ...packDestination(key, options.format, dataset.table && !options.records ? "parquet" : "tfrecord"),
  };
  const { prefix, name, format } = place;
  if (isMapDataset(dataset) && dataset.length === 0) throw noSamples(dataset);
  const { onError, maxSkipped, pool } = options;
  const loading: Loading = {
    epochs: 1,
    // Said in other words.
    allowEmpty: true,
    ...(options.shuffle !== undefined && { shuffle: options.shuffle }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(signal && { signal }),
    ...(onError !== undefined && { onError }),
    ...(maxSkipped !== undefined && { maxSkipped }),
    ...(pool !== undefined && { pool }),
  };
  const write = shardsOf(dataset, { shardSize, records, prefix: options.prefix ?? "" }, { place, loading });
  await using planned = createLoader(dataset, loading);
  const { order, seed } = planned.config.loader;
  const plan: PackPlan = {
    source: dataset.uri,
    fingerprint: dataset.fingerprint,
    order,
    seed,
    format,
    ...(format === "tfrecord" && { records }),
    shardSize,
    name,
  };
  const call = signal ? { signal } : {};
  const found = await preparePlace(place, plan, { ...call, replacePack });
  const told = ({ shards, samples, bytes, skipped }: PackedShards): PackedDataset => ({
    ...{ format, shards, samples, bytes, skipped },
    resumed: found.samples,
    manifestKey: prefix + MANIFEST_NAME,
  });
  onProgress?.(found.samples, found.bytes);
  if (!found.isDone) {
    const batchSize = await batchSizeOf(dataset);
    const written = await write({ batchSize, ...(found.at && { state: found.at.state }) }, {
      place,
      plan,
      found,
      options,
    });
    if (written.shards === 0) {
      await store.delete(prefix + PACK_MARKER, call);
      throw noSamples(dataset);
    }
    await finish(place, plan, written, call);
    return told(written);
  }
  await store.delete(prefix + PACK_MARKER, call);
  return told(found);
}

type Loading = Pick<
  LoaderOptions<unknown>,
  | "allowEmpty"
  | "batchSize"
  | "epochs"
  | "seed"
  | "shuffle"
  | "signal"
  | "state"
  | "onError"
  | "maxSkipped"
  | "pool"
>;

type WriteShards = (more: Loading, writing: Omit<Writing, "total">) => Promise<PackedShards>;

interface ShardOptions extends Required<Pick<PackOptions, "shardSize" | "records" | "prefix">> {}

/** Says how the samples of a data set are loaded and written in a format; a `TypeError` where they cannot be. */
function shardsOf(
  dataset: Dataset<unknown>,
  options: ShardOptions,
  { place: { format }, loading }: { readonly place: PackPlace; readonly loading: Loading },
): WriteShards {
  const refuse = (detail: string) => new TypeError(`Cannot pack ${JSON.stringify(dataset.uri)}: ${detail}`);
  if (format === "npy") return rowsOf(dataset, options, loading, refuse);
  const create = createOf(dataset, format, options, refuse);
  const total = isMapDataset(dataset) ? dataset.length : Infinity;
  return async (more, writing) => {
    await using batches = createLoader<unknown, IndexedSample>(dataset, {
      ...loading,
      ...more,
      transform: (sample, { index }) => ({ sample, index }),
    });
    return await writeShards(batches, create, { ...writing, total });
  };
}

type Refuse = (detail: string) => TypeError;

function createOf(
  dataset: Dataset<unknown>,
  format: Exclude<PackPlan["format"], "npy">,
  options: ShardOptions,
  refuse: Refuse,
): CreateShard<readonly IndexedSample[]> {
  const { table } = dataset;
  if ("arrays" in dataset && dataset.arrays) {
    throw refuse("its samples are rows of several tensors, of which fields chooses one");
  }
  if (table) {
    try {
      checkRows(table, format);
    } catch (error) {
      throw error instanceof TypeError ? refuse(error.message) : error;
    }
    if (options.records === "bytes") throw refuse("rows of a table have no bytes of their own");
  }
  if (format === "parquet" || format === "arrow") {
    if (!table) throw refuse(`its samples are no rows of a table, which are what ${format} holds`);
    return tableShards({ schema: table.schema, format, shardSize: options.shardSize });
  }
  if (format === "tar") return sampleShards(options);
  return recordShards({ ...options, encodeRows: table && rowEncoder(table.schema) });
}

/** Rows of one shape, which come as one array. */
function rowsOf(
  dataset: Dataset<unknown>,
  { shardSize }: ShardOptions,
  loading: Loading,
  refuse: Refuse,
): WriteShards {
  const fixed = "fixed" in dataset ? dataset.fixed : undefined;
  const rowBytes = fixed && byteLengthOf(fixed.dtype, elementsOf(fixed.shape) ?? NaN);
  if (!isMapDataset(dataset) || !fixed || rowBytes === undefined) {
    throw refuse("its samples are not arrays of one shape, which npy needs");
  }
  if ((loading.onError ?? "fail") !== "fail") {
    throw refuse("npy files say first how many rows they have, so none of them can be skipped");
  }
  const create = rowShards({ fixed, rowBytes, shardSize });
  return async (more, writing) => {
    const rows = dataset as MapDataset<unknown> & { readonly fixed: FixedSample };
    await using batches = createLoader(rows, { ...loading, ...more });
    return await writeShards<NdArray>(batches, create, { ...writing, total: dataset.length });
  };
}

/**
 * Writes the manifest of all that lies there, which is what was written and nothing else, and then removes the marker: whoever
 * finds both knows that all is there.
 */
async function finish(
  place: PackPlace,
  plan: PackPlan,
  { shards, samples, bytes, skipped }: PackedShards,
  call: CallOptions,
) {
  const { store, prefix } = place;
  const objects = new ObjectTable();
  const wanted = new Set([PACK_MARKER]);
  for (let shard = 0; shard < shards; shard++) {
    const index = packedIndexKey(place, packedKey(place, shard));
    if (index !== undefined) wanted.add(index.slice(prefix.length));
  }
  for await (const object of store.list(prefix, call)) {
    if (object.key === prefix || wanted.has(object.key.slice(prefix.length))) continue;
    if (objects.length < shards && object.key === packedKey(place, objects.length)) objects.add(object);
    else throw changed(store, object.key, "it came while the shards were written, and is none of them");
  }
  if (objects.length !== shards || objects.bytes !== bytes) {
    throw changed(
      store,
      prefix,
      `${shards} shards of ${bytes} bytes were written, and not all of them are there`,
    );
  }
  await checkMarker(store, prefix, plan, call);
  const pack = { plan, samples, ...(skipped > 0 && { skipped }) };
  await writeManifest(store, prefix, { kind: kindOfFormat(place), objects, pack }, call);
  await store.delete(prefix + PACK_MARKER, call);
}

function noSamples({ uri, content }: Pick<Dataset<unknown>, "uri" | "content">): TypeError {
  const looked = content === undefined ? "" : ` (${content})`;
  return new TypeError(`Cannot pack ${JSON.stringify(uri)}: it has no samples${looked}`);
}

function changed(store: ObjectStore, key: string, detail: string): UnavailableError {
  return new UnavailableError({
    operation: "pack to",
    uri: objectUri(store.uri, key),
    detail,
    retryable: false,
  });
}
