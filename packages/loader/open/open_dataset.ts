import { type ObjectMeta, type ObjectStore, objectUri } from "@lade/core";
import { needText } from "@lade/core/backend";
import { NotFoundError, PreconditionFailedError, UnavailableError } from "@lade/core/errors";
import type { Schema } from "@lade/formats/table";
import type { MapDataset, StreamDataset } from "../datasets/dataset.ts";
import { filesDataset } from "../datasets/files_dataset.ts";
import { nameOf } from "../datasets/fingerprint.ts";
import { listedShards } from "../datasets/listed_shards.ts";
import { listSamples } from "../datasets/list_samples.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import { type DatasetKind, type Manifest, MANIFEST_NAME, readManifest } from "../manifest/manifest.ts";
import { PACK_MARKER } from "../manifest/pack_plan.ts";
import { checkDatasetOptions } from "./check_dataset_options.ts";
import { isMark, NamedKinds, samplesOfName } from "./dataset_kinds.ts";
import { isStream, openStream } from "./open_stream.ts";

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions {
  /**
   * What samples are: whole objects (`"files"`); rows of npy, safetensors, Parquet, Arrow or Zarr (`"rows"`); whole npy files
   * or tensors (`"arrays"`); row groups of Parquet or record batches of Arrow by columns, or the rows of a chunk of Zarr
   * (`"batches"`); records of TFRecord (`"records"`); samples of webdataset shards (`"samples"`). By default what the names
   * of all objects say. Rows are those of CSV, TSV and JSON lines too.
   */
  readonly kind?: DatasetKind;
  /**
   * Fields of webdataset samples, columns of tables or tensors that are read, all by default, or the array of a Zarr group.
   * Others have none: a `TypeError`.
   */
  readonly fields?: readonly string[];
  /**
   * Whether records of TFRecord and samples of webdataset shards are had by number, which is the default. Without, the
   * shards are streams that need no index; those that are compressed are streams in any case.
   */
  readonly index?: boolean;
  /** The columns of CSV, TSV and JSON lines; by default those of the first object that has rows, with types that are inferred. */
  readonly schema?: Schema;
  /** Whether a manifest beside the objects is used where there is one, rather than a listing; `true` by default. */
  readonly manifest?: boolean;
  /**
   * Called, where objects are listed, for what lies there without bytes and is no object, such as a link that leads nowhere,
   * with its URI and what it is. What has bytes, such as a link that may not be followed, is an error.
   */
  readonly onLeftOut?: (uri: string, reason: string) => void;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/** Beside shards, and no samples. */
const INDEXES = /\.(?:idx|tfindex|index)$/;

/**
 * Opens what lies under a prefix, or one object, as a data set: by its manifest, or else by one listing, in the order of
 * keys. Its kind is told by the names of all objects: where those of shards and others are mixed it is a `TypeError`, since
 * either may be meant. The store stays the caller's.
 */
export async function openDataset(
  store: ObjectStore,
  key: string,
  options: OpenDatasetOptions = {},
): Promise<MapDataset<unknown> | StreamDataset<unknown>> {
  return await openFound(store, key, await settleDataset(store, key, options), options);
}

/** Opens the data set of these objects by number, or as a stream where its samples can only be gone through, or are to be. */
export async function openFound(
  store: ObjectStore,
  key: string,
  settled: SettledDataset,
  options: OpenDatasetOptions,
): Promise<MapDataset<unknown> | StreamDataset<unknown>> {
  if (!isStream(settled, options.index)) return await openSettled(store, key, settled, options);
  return { ...await openStream(store, key, settled, options), content: contentOf(settled) };
}

/**
 * Opens the data set of these objects, which {@linkcode settleDataset} found. A `TypeError` where its samples can only be
 * gone through.
 */
export async function openSettled(
  store: ObjectStore,
  key: string,
  settled: SettledDataset,
  options: OpenDatasetOptions = {},
): Promise<MapDataset<unknown>> {
  const explain = (error: unknown) => explainStale(error, objectUri(store.uri, key));
  try {
    const dataset: Opened = await openObjects(store, key, settled, options);
    dataset.content = contentOf(settled);
    if (settled.hasManifest) dataset.explain = explain;
    return dataset;
  } catch (error) {
    throw settled.hasManifest ? explain(error) : error;
  }
}

/** A data set of which more is said. */
type Opened = MapDataset<unknown> & { content?: string };

/** What is opened, for messages. */
function contentOf({ kind, objects: { length } }: SettledDataset): string {
  return `${kind === "files" ? "whole objects" : kind} of ${length === 1 ? "1 object" : `${length} objects`}`;
}

/** A manifest is not compared with what lies there: what it names and is gone, or is another one, says what renews it. */
function explainStale(error: unknown, uri: string): unknown {
  const isStale = error instanceof NotFoundError || error instanceof PreconditionFailedError;
  return isStale
    ? error.restated({
      detail: `${error.detail}, and the manifest names it`,
      advice: `lade loader index ${uri} lists anew`,
    })
    : error;
}

async function openObjects(
  store: ObjectStore,
  key: string,
  settled: SettledDataset,
  options: OpenDatasetOptions,
): Promise<MapDataset<unknown>> {
  const { objects, kind } = settled;
  const uri = objectUri(store.uri, key);
  if (isStream(settled, options.index)) {
    throw new TypeError(
      `Cannot load ${
        JSON.stringify(uri)
      } by number: ${kind} of such objects can only be gone through; say kind (--kind), "files" \
for whole objects`,
    );
  }
  if (options.schema) {
    throw new TypeError(`Cannot load ${JSON.stringify(uri)} by a schema: it is of CSV, TSV and JSON lines`);
  }
  const { signal, fields } = options;
  const call = { uri, listed: listedShards(objects), ...(signal && { signal }) };
  const keys = () => {
    const all = Array.from({ length: objects.length }, (_, index) => objects.at(index).key);
    return all.length === 1 ? all : all.filter((key) => !isMark(key));
  };
  if (fields && (kind === "files" || kind === "records")) {
    throw new TypeError(`Cannot load ${JSON.stringify(uri)} with fields: ${kind} have none`);
  }
  switch (kind) {
    case "files":
      return await filesDataset(store, key, { objects });
    case "records": {
      const { recordsDataset } = await import("../datasets/records_dataset.ts");
      return await recordsDataset(store, keys(), call);
    }
    case "samples": {
      const { samplesDataset } = await import("../datasets/samples_dataset.ts");
      return await samplesDataset(store, keys(), { ...call, ...(fields && { fields }) });
    }
    case "rows":
    case "arrays":
    case "batches": {
      const { openRows } = await import("./open_rows.ts");
      return await openRows(store, { prefix: prefixOf(key), objects, keys }, kind, {
        ...call,
        ...(fields && { fields }),
      });
    }
  }
}

/**
 * Lists the objects of a data set, and says what their samples are; reads no manifest. What has bytes and is no object is an
 * `UnsupportedError`.
 */
export async function listDataset(
  store: ObjectStore,
  prefix: string,
  options: Pick<OpenDatasetOptions, "kind" | "onLeftOut" | "signal"> = {},
): Promise<Manifest> {
  checkDatasetOptions(options);
  const objects = new ObjectTable();
  const kinds = new NamedKinds(prefix);
  for await (const object of listSamples(store, prefix, options)) {
    if (nameOf(object.key) === PACK_MARKER) throw unfinished(objectUri(store.uri, object.key));
    if (!isSample(object, prefix)) continue;
    objects.add(object);
    kinds.add(object.key);
  }
  if (objects.length === 0) {
    throw new NotFoundError({
      operation: "load",
      uri: objectUri(store.uri, prefix),
      detail: "no object lies there",
    });
  }
  return { objects, kind: options.kind ?? kinds.only(objectUri(store.uri, prefix)) };
}

/** The objects of a data set, and what their samples are. */
export interface SettledDataset extends Manifest {
  /** Whether the key is that of an object, rather than a prefix. */
  readonly isObject: boolean;
  /** Whether a manifest names the objects. */
  readonly hasManifest: boolean;
}

/** Finds the objects of a data set: by its manifest, or else by one listing. */
export async function settleDataset(
  store: ObjectStore,
  key: string,
  options: OpenDatasetOptions = {},
): Promise<SettledDataset> {
  checkDatasetOptions(options);
  needText(key);
  const { manifest = true, kind, signal } = options;
  const call = signal ? { signal } : {};
  if (key !== "" && !key.endsWith("/")) {
    const object = await store.head(key, call).catch((error) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (object) {
      const objects = new ObjectTable();
      objects.add(object);
      return { objects, kind: kind ?? samplesOfName(key).kind, isObject: true, hasManifest: false };
    }
  }
  const prefix = prefixOf(key);
  if (manifest) {
    const read = await readManifest(store, prefix, call).catch((error) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    });
    if (read) return { ...read, kind: kind ?? read.kind, isObject: false, hasManifest: true };
  }
  return { ...await listDataset(store, prefix, options), isObject: false, hasManifest: false };
}

/** Shards of a pack are not the whole data set until its marker has gone. */
function unfinished(uri: string): Error {
  return new UnavailableError({
    operation: "load",
    uri,
    detail: "a pack there is not finished",
    advice: "run lade loader pack once more, which goes on",
    retryable: false,
  });
}

function prefixOf(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

/** Whether an object below a prefix is one of a data set: neither a directory, nor the manifest, nor an index beside shards. */
export function isSample({ key }: Pick<ObjectMeta, "key">, prefix: string): boolean {
  return !key.endsWith("/") && key !== prefix + MANIFEST_NAME && !INDEXES.test(key);
}
