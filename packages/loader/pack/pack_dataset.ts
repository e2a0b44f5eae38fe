import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { byteLengthOf, elementsOf, type NdArray } from "@lade/formats/array";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { FixedSample, MapDataset } from "../datasets/dataset.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import { createLoader } from "../loader/create_loader.ts";
import type { DataLoader } from "../loader/data_loader.ts";
import { MANIFEST_NAME, writeManifest } from "../manifest/manifest.ts";
import { PACK_MARKER, type PackPlan } from "../manifest/pack_plan.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { batchSizeOf } from "./batch_size_of.ts";
import type { CreateShard, OpenShard } from "./open_shard.ts";
import type { PackedDataset, PackOptions } from "./pack_options.ts";
import { type FoundPack, kindOfFormat, type PackPlace, preparePlace } from "./pack_place.ts";
import type { IndexedSample } from "./pack_sample.ts";
import { recordShards } from "./record_shards.ts";
import { rowShards } from "./row_shards.ts";
import { sampleShards } from "./sample_shards.ts";
import { packDestination, packedIndexKey, packedKey } from "./shard_names.ts";

const SHARD_SIZE = 256 * 2 ** 20;

/**
 * Writes the samples of a data set to shards below `key`, a prefix or a name with `%06d` for the shards' numbers, in the order
 * that a loader with the same `shuffle` and `seed` has in its first epoch; reading the shards as they lie gives them again.
 * Samples are read ahead as a loader does, and written as they come: memory is that of a few batches.
 *
 * A shard becomes visible when it is whole, and the manifest is written last. Until then a marker lies beside them, and
 * nobody can load what is there. When it is broken off, the same call goes on behind the last whole shard, and gives the same
 * shards. What lies there besides is a `NotEmptyError`, and nothing is removed that was not written by a pack.
 */
export async function packDataset(
  dataset: MapDataset<unknown>,
  store: ObjectStore,
  key: string,
  options: PackOptions = {},
): Promise<PackedDataset> {
  const { shardSize = SHARD_SIZE, signal, replacePack = false, onProgress } = options;
  if (!(Number.isSafeInteger(shardSize) && shardSize > 0)) {
    throw new RangeError(`Cannot pack into shards of ${shardSize} bytes: a whole number from 1 up is needed`);
  }
  const place: PackPlace = { store, ...packDestination(key, options.format) };
  if (dataset.length === 0) {
    throw new TypeError(`Cannot pack ${JSON.stringify(dataset.uri)}: it has no samples`);
  }
  const { prefix, name, format } = place;
  if (format !== "npy" && (dataset.table || dataset.arrays)) {
    throw new TypeError(
      `Cannot pack ${JSON.stringify(dataset.uri)}: its samples are rows of ${
        dataset.table ? "a table, of which lade convert makes" : "several tensors, of which fields chooses"
      } one`,
    );
  }
  const { records = "examples" } = options;
  const batches = batchesOf(dataset, { format, shardSize, records, prefix: options.prefix ?? "" });
  const loading = {
    epochs: 1,
    ...(options.shuffle !== undefined && { shuffle: options.shuffle }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(signal && { signal }),
  };
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
  const told = (done: Pick<FoundPack, "shards" | "samples" | "bytes">): PackedDataset => ({
    format,
    ...{ shards: done.shards, samples: done.samples, bytes: done.bytes },
    resumed: found.samples,
    manifestKey: prefix + MANIFEST_NAME,
  });
  onProgress?.(found.samples, found.bytes);
  if (!found.isDone) {
    const state: LoaderState = {
      ...{ version: 1, epoch: 0, seed, order, fingerprint: dataset.fingerprint },
      ...{ position: found.samples, total: dataset.length },
    };
    const batchSize = await batchSizeOf(dataset);
    const written = await batches({ ...loading, batchSize, state }, { place, found, options });
    await finish(place, plan, written, call);
    return told(written);
  }
  await store.delete(prefix + PACK_MARKER, call);
  return told(found);
}

/** What is written, and told of it. */
interface Writing {
  readonly place: PackPlace;
  /** What is there already. */
  readonly found: FoundPack;
  readonly options: PackOptions;
}

type Loading = Pick<LoaderOptions<unknown>, "batchSize" | "epochs" | "seed" | "shuffle" | "signal" | "state">;

type Batches = (loading: Loading, writing: Writing) => Promise<Written>;

/** What was written, with what was there already. */
type Written = Pick<FoundPack, "shards" | "samples" | "bytes">;

/** Says how the batches of a data set are loaded and written in a format. */
function batchesOf(
  dataset: MapDataset<unknown>,
  { format, ...options }: Required<Pick<PackOptions, "format" | "shardSize" | "records" | "prefix">>,
): Batches {
  if (format === "npy") {
    const { fixed, uri } = dataset;
    const rowBytes = fixed && byteLengthOf(fixed.dtype, elementsOf(fixed.shape) ?? NaN);
    if (!fixed || rowBytes === undefined) {
      throw new TypeError(
        `Cannot pack ${JSON.stringify(uri)} as npy: its samples are not arrays of one shape`,
      );
    }
    const create = rowShards({ fixed, rowBytes, shardSize: options.shardSize });
    return async (loading, writing) => {
      const rows = dataset as MapDataset<unknown> & { readonly fixed: FixedSample };
      await using batches: DataLoader<NdArray> = createLoader(rows, loading);
      return await writeShards(batches, create, dataset.length, writing);
    };
  }
  const create = format === "tfrecord" ? recordShards(options) : sampleShards(options);
  return async (loading, writing) => {
    await using batches = createLoader<unknown, IndexedSample>(dataset, {
      ...loading,
      transform: (sample, { index }) => ({ sample, index }),
    });
    return await writeShards(batches, create, dataset.length, writing);
  };
}

/** Writes batches to shards, one after the other. */
async function writeShards<D>(
  batches: DataLoader<D>,
  create: CreateShard<D>,
  total: number,
  { place, found, options: { signal, onProgress, onShard } }: Writing,
): Promise<Written> {
  let { shards, samples, bytes } = found;
  let open: { readonly shard: OpenShard<D>; readonly key: string; readonly from: number } | undefined;
  const close = async (done: NonNullable<typeof open>) => {
    const { shard, key, from } = done;
    const size = await shard.close();
    shards++;
    bytes += size;
    onShard?.({ key, samples: samples - from, size });
    open = undefined;
  };
  try {
    for await (const { data, size } of batches) {
      for (let at = 0; at < size;) {
        if (!open) {
          const key = packedKey(place, shards);
          const starting = { store: place.store, key, left: total - samples, ...(signal && { signal }) };
          open = { shard: await create(starting), key, from: samples };
        }
        const taken = await open.shard.take(data, at);
        at += taken;
        samples += taken;
        if (at < size) await close(open);
      }
      onProgress?.(samples, found.bytes + batches.stats().bytes);
    }
    if (open) await close(open);
  } catch (error) {
    await open?.shard[Symbol.asyncDispose]();
    throw error;
  }
  return { shards, samples, bytes };
}

/**
 * Writes the manifest of all that lies there, which is what was written and nothing else, and then removes the marker: whoever
 * finds both knows that all is there.
 */
async function finish(
  place: PackPlace,
  plan: PackPlan,
  { shards, samples, bytes }: Written,
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
  await writeManifest(store, prefix, { kind: kindOfFormat(place), objects, pack: { plan, samples } }, call);
  await store.delete(prefix + PACK_MARKER, call);
}

function changed(store: ObjectStore, key: string, detail: string): UnavailableError {
  return new UnavailableError({
    operation: "pack to",
    uri: objectUri(store.uri, key),
    detail,
    retryable: false,
  });
}
