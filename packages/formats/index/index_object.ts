import { type CallOptions, getBytes, type ObjectStore, objectUri, type PutOptions } from "@lade/core";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import { StaleIndexError } from "../errors/format_error.ts";
import { detectFormat } from "../formats/detect_format.ts";
import type { FormatName } from "../registry/format.ts";
import type { BuiltIndex, IndexedFormat } from "./indexed_format.ts";

/** Options of {@linkcode indexObject} and {@linkcode checkIndex}. */
export interface IndexOptions extends CallOptions {
  /** The format of the object; told by its name and bytes by default. */
  readonly format?: FormatName;
}

/** An object and its index. */
export interface ObjectIndex {
  /** The format of the object. */
  readonly format: FormatName;
  /** The key of the index. */
  readonly indexKey: string;
  /** Records or samples of the object. */
  readonly count: number;
  /** What they are called: `record`, `sample`. */
  readonly noun: string;
}

/** What {@linkcode checkIndex} found. */
export interface CheckedIndex extends ObjectIndex {
  /** Whether the index leads to where the object's parts are now, does not, or is not there. */
  readonly state: "current" | "stale" | "missing";
  /** Why it is stale. */
  readonly reason?: string;
}

const LOAD: { readonly [Name in FormatName]?: () => Promise<IndexedFormat> } = {
  tfrecord: async () => (await import("./index_of_records.ts")).indexOfRecords,
  tar: async () => (await import("./index_of_samples.ts")).indexOfSamples,
};

/** Whether objects of a format have an index beside them: TFRecord and tar. Others have what they need within. */
export function isIndexed(format: FormatName): boolean {
  return Object.hasOwn(LOAD, format);
}

/**
 * Builds the index of an object and writes it beside it: to `x.tfrecord.idx` for `x.tfrecord`, to `x.idx` for `x.tar`, as
 * DALI reads both. An index that is there is replaced in one step; what is there and is no index of a tar archive, such as
 * that of a TFRecord object under this name, is an `AlreadyExistsError`. A format that has none is an `UnsupportedError`.
 */
export async function indexObject(
  store: ObjectStore,
  key: string,
  { format: given, ...options }: IndexOptions & PutOptions = {},
): Promise<ObjectIndex> {
  const { format, indexed } = await indexedFormat(store, key, {
    ...options,
    ...(given && { format: given }),
  });
  const call = callOf(options);
  const built = await indexed.build(store, key, call);
  const [indexKey] = indexed.keysOf(key);
  await writeBuilt(store, indexKey, { indexed, built }, options);
  return { format, indexKey, count: built.count, noun: indexed.noun };
}

/**
 * Builds the index of an object, and writes it beside it unless the one that is there is current. The object is read once.
 */
export async function renewIndex(
  store: ObjectStore,
  key: string,
  options: IndexOptions & PutOptions = {},
): Promise<ObjectIndex & { readonly isWritten: boolean }> {
  const { format, indexed, ...found } = await compared(store, key, options);
  const { built, state } = found;
  const told = { format, count: built.count, noun: indexed.noun };
  if (state === "current") return { ...told, indexKey: found.indexKey, isWritten: false };
  const [indexKey] = indexed.keysOf(key);
  const { format: _, ...rest } = options;
  await writeBuilt(store, indexKey, { indexed, built }, rest);
  return { ...told, indexKey, isWritten: true };
}

async function writeBuilt(
  store: ObjectStore,
  indexKey: string,
  { indexed, built }: { readonly indexed: IndexedFormat; readonly built: BuiltIndex },
  options: PutOptions,
): Promise<void> {
  await indexed.checkPlace?.(store, indexKey, callOf(options));
  await using writer = await store.createWriter(indexKey, options);
  for (const piece of built.text()) await writer.write(piece);
  await writer.close();
}

/** Builds the index of an object and compares it with the one beside it. Nothing is written. */
export async function checkIndex(
  store: ObjectStore,
  key: string,
  options: IndexOptions = {},
): Promise<CheckedIndex> {
  const { format, indexed, built, ...found } = await compared(store, key, options);
  return { format, count: built.count, noun: indexed.noun, ...found };
}

/** The index that an object should have, and what the one beside it is. */
async function compared(
  store: ObjectStore,
  key: string,
  options: IndexOptions,
): Promise<
  & { readonly format: FormatName; readonly indexed: IndexedFormat; readonly built: BuiltIndex }
  & Pick<CheckedIndex, "indexKey" | "state" | "reason">
> {
  const { format, indexed } = await indexedFormat(store, key, options);
  const call = callOf(options);
  const keys = indexed.keysOf(key);
  const [stored, built] = await Promise.all([find(store, keys, call), indexed.build(store, key, call)]);
  const told = { format, indexed, built };
  if (!stored) return { ...told, indexKey: keys[0], state: "missing" };
  const indexKey = stored.key;
  const { size } = await store.head(key, call);
  const names = { uri: objectUri(store.uri, key), indexUri: objectUri(store.uri, indexKey), size };
  try {
    if (built.agrees(stored.bytes, names)) return { ...told, indexKey, state: "current" };
    return { ...told, indexKey, state: "stale", reason: `it does not lead to the ${indexed.noun}s` };
  } catch (error) {
    if (!(error instanceof StaleIndexError)) throw error;
    return { ...told, indexKey, state: "stale", reason: error.detail };
  }
}

async function indexedFormat(
  store: ObjectStore,
  key: string,
  options: IndexOptions,
): Promise<{ readonly format: FormatName; readonly indexed: IndexedFormat }> {
  const { format } = await detectFormat(store, key, options);
  const load = LOAD[format];
  if (load) return { format, indexed: await load() };
  const uri = objectUri(store.uri, key);
  const detail = `${format} has no index beside it: what it needs is within`;
  throw new UnsupportedError({ operation: "index", uri, detail });
}

async function find(
  store: ObjectStore,
  keys: readonly string[],
  call: CallOptions,
): Promise<{ readonly key: string; readonly bytes: Uint8Array } | undefined> {
  for (const key of keys) {
    try {
      return { key, bytes: (await getBytes(store, key, call)).bytes };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return undefined;
}

function callOf({ signal }: CallOptions): CallOptions {
  return signal ? { signal } : {};
}
