import { type CallOptions, getBytes, type ObjectStore, objectUri, type PutOptions } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { isUnseen } from "../source/is_unseen.ts";
import { buildIndex } from "./build_index.ts";
import { formatIndexText, parseIndexText } from "./index_text.ts";
import type { RecordIndex } from "./record_index.ts";

/** What the name of a TFRecord object ends in, where its index may have that replaced. */
const SUFFIX = /\.(?:tfrecords?|tfr)$/i;

/** The key that the index of an object is written to: its own, and `.idx`. */
export function indexKeyOf(key: string): string {
  return `${key}.idx`;
}

/**
 * The keys that the index of an object may have, the likeliest first: those that Lade writes, that DALI's examples have, and
 * that PyPI's `tfrecord2idx` writes.
 */
export function indexKeysOf(key: string): string[] {
  const bare = key.replace(SUFFIX, "");
  return [...new Set([`${key}.idx`, `${bare}.idx`, `${bare}.tfindex`, `${key}.tfindex`])];
}

/** An index that was found beside its object. */
export interface FoundIndex {
  /** Where it was. */
  readonly key: string;
  /** Where the records lie. */
  readonly index: RecordIndex;
}

/** Options of {@linkcode readIndex}. */
export interface ReadIndexOptions extends CallOptions {
  /** Where the index is; looked for beside the object by default. */
  readonly indexKey?: string;
  /** Whether one that may not be read is an error rather than none, since nothing can be done without; `false` by default. */
  readonly isNeeded?: boolean;
}

/**
 * Reads the index beside an object of `size` bytes: `undefined` where there is none. One that does not lead from the
 * object's first byte to its last is a `StaleIndexError`. Where `indexKey` is given, it has to be there.
 */
export async function readIndex(
  store: ObjectStore,
  key: string,
  size: number,
  options: ReadIndexOptions = {},
): Promise<FoundIndex | undefined> {
  const { indexKey, isNeeded = false, signal } = options;
  let denied: unknown;
  for (const candidate of indexKey === undefined ? indexKeysOf(key) : [indexKey]) {
    try {
      const { bytes } = await getBytes(store, candidate, { ...(signal && { signal }) });
      const uris = { uri: objectUri(store.uri, key), indexUri: objectUri(store.uri, candidate) };
      return { key: candidate, index: parseIndexText(bytes, { ...uris, size }) };
    } catch (error) {
      if (!isUnseen(error) || indexKey !== undefined) throw error;
      if (isNeeded && !(error instanceof NotFoundError)) denied ??= error;
    }
  }
  if (denied) throw denied;
  return undefined;
}

/** Writes an index, in the form that DALI and PyPI's `tfrecord` read. */
export async function writeIndex(
  store: ObjectStore,
  indexKey: string,
  index: RecordIndex,
  options: PutOptions = {},
): Promise<void> {
  await using writer = await store.createWriter(indexKey, options);
  for (const piece of formatIndexText(index)) await writer.write(piece);
  await writer.close();
}

/** An index that was made. */
export interface MadeIndex extends FoundIndex {
  /** The object that it is of. */
  readonly of: string;
}

/** Options of {@linkcode indexObjects}. */
export interface IndexObjectsOptions extends CallOptions {
  /** How many objects are read at a time; as many as the store bears by default. */
  readonly concurrency?: number;
  /** Is told of each index that is written. */
  readonly onIndex?: (made: MadeIndex) => void;
}

/**
 * Makes the index of each of these objects, by their heads, and writes it beside: to the object's key and `.idx`. The first
 * failure ends all; what was written until then stays, and is sound.
 */
export async function indexObjects(
  store: ObjectStore,
  keys: Iterable<string> | AsyncIterable<string>,
  options: IndexObjectsOptions = {},
): Promise<void> {
  const limit = store.limits.read;
  const width = options.concurrency ?? { most: () => limit.current, onRise: limit.onRise };
  await inParallel(keys, width, async (of, signal) => {
    const index = await buildIndex(store, of, { signal });
    const key = indexKeyOf(of);
    await writeIndex(store, key, index, { signal });
    options.onIndex?.({ of, key, index });
  }, options.signal);
}
