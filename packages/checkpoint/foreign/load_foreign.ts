import { type ObjectStore, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import {
  openSafetensors,
  openSafetensorsSet,
  type SafetensorsFile,
  type TensorPlace,
} from "@lade/formats/safetensors";
import { ObjectSource } from "@lade/formats/source";
import type { DataObject } from "../record/piece_bytes.ts";
import { ForeignCheckpoint, type ForeignTensor } from "./foreign_checkpoint.ts";
import { pickleRefusal } from "./pickles.ts";
import { isSharded, type NumberedFile, putTogether } from "./sharded_tensors.ts";

const INDEX_END = ".safetensors.index.json";
const FILE_END = ".safetensors";
/** Headers that are read at the same time. */
const AT_ONCE = 16;

/**
 * Opens tensors that others wrote, so that any part of them can be loaded as of a checkpoint: a safetensors file, an index of
 * several or the folder that has it, or a folder of parts of tensors as torch's `HuggingFaceStorageWriter` writes them. Only
 * headers are read, and checked.
 *
 * Pickles (`.pt`, `.bin`, `.pkl`, `.distcp`) are an `UnsupportedError` that says what to do; a folder with none of all these is a
 * `NotFoundError`, files that do not belong together a `FormatError`, and parts that make up no tensor an
 * `InvalidCheckpointError`.
 */
export async function loadForeign(
  store: ObjectStore,
  keyOrPrefix: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ForeignCheckpoint> {
  const refusal = pickleRefusal(store, keyOrPrefix);
  if (refusal) throw refusal;
  if (keyOrPrefix.endsWith(INDEX_END)) return await openIndex(store, keyOrPrefix, signal);
  if (keyOrPrefix.endsWith(FILE_END)) return await openFiles(store, keyOrPrefix, [keyOrPrefix], signal);
  const folder = keyOrPrefix === "" || keyOrPrefix.endsWith("/") ? keyOrPrefix : `${keyOrPrefix}/`;
  const keys: string[] = [];
  for await (const entry of store.listWithDelimiter(folder, signal ? { signal } : {})) {
    if ("key" in entry) keys.push(entry.key);
  }
  const indexes = keys.filter((key) => key.endsWith(INDEX_END));
  const [index, other] = indexes;
  if (other !== undefined) {
    throw fault(store, folder, `it has ${indexes.length} indexes`, `name one of them, such as ${index}`);
  }
  if (index !== undefined) return await openIndex(store, index, signal);
  const files = keys.filter((key) => key.endsWith(FILE_END));
  if (files.length > 0) return await openFiles(store, folder, files, signal);
  for (const key of keys) {
    const refusal = pickleRefusal(store, key);
    if (refusal) throw refusal;
  }
  const detail = "there is neither a safetensors file nor an index of several";
  throw new NotFoundError({ operation: "load", uri: objectUri(store.uri, folder), detail });
}

async function openIndex(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ForeignCheckpoint> {
  const set = await openSafetensorsSet(store, key, signal ? { signal } : {});
  const { fileKeys } = set;
  const files = await openAll(fileKeys, (key, signal) => set.open(key, { signal }), signal);
  const tensors = files.flatMap(({ shard, key, file }) =>
    [...file.tensors.values()].filter(({ name }) => set.files.get(name) === key).map((place) =>
      wholeTensor(place, shard)
    )
  );
  return foreign(store, "safetensors-set", files, tensors);
}

async function openFiles(
  store: ObjectStore,
  place: string,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ForeignCheckpoint> {
  const missing = missingOfNames(keys);
  if (place.endsWith("/") && missing) throw fault(store, place, `it lacks ${missing}`);
  const files = await openAll(keys, (key, signal) => openSafetensors(store, key, { signal }), signal);
  const sharded = files.filter(({ file }) => isSharded(file));
  if (sharded.length === files.length) {
    return foreign(store, "dcp-safetensors", files, putTogether(store, place, files));
  }
  const [first, second] = files;
  if (first && !second) {
    const tensors = [...first.file.tensors.values()].map((place) => wholeTensor(place, 0));
    return foreign(store, "safetensors", files, tensors);
  }
  throw sharded.length > 0
    ? fault(store, place, "some of its files have parts of tensors, and some do not say so")
    : fault(
      store,
      place,
      `it has ${files.length} safetensors files without an index, so that one that is lost could not be told`,
      "name one of them, or write an index by indexSafetensors()",
    );
}

/** Of names that are numbered `-00001-of-00004`, one that is not there. Of sharded files some rank has each number. */
function missingOfNames(keys: readonly string[]): string | undefined {
  const seen = new Map<number, Set<number>>();
  for (const key of keys) {
    const [, number, count] = /(?:^|\/)(?:shard-\d+-)?model-(\d{5})-of-(\d{5})\.safetensors$/.exec(key) ?? [];
    if (number === undefined) continue;
    const of = seen.get(Number(count)) ?? new Set();
    seen.set(Number(count), of.add(Number(number)));
  }
  for (const [count, numbers] of seen) {
    for (let number = 1; number <= count; number++) {
      if (!numbers.has(number)) return `file ${number} of ${count}`;
    }
  }
  return undefined;
}

async function openAll(
  keys: readonly string[],
  open: (key: string, signal: AbortSignal) => Promise<SafetensorsFile>,
  signal: AbortSignal | undefined,
): Promise<NumberedFile[]> {
  const files = new Array<NumberedFile | undefined>(keys.length).fill(undefined);
  await inParallel(keys.entries(), AT_ONCE, async ([shard, key], signal) => {
    files[shard] = { shard, key, file: await open(key, signal) };
  }, signal);
  return files.flatMap((file) => file ?? []);
}

function wholeTensor({ name, dtype, shape, offset, length }: TensorPlace, shard: number): ForeignTensor {
  return { name, dtype, shape, pieces: [{ offsets: shape.map(() => 0), shape, shard, offset, length }] };
}

function foreign(
  store: ObjectStore,
  kind: ForeignCheckpoint["kind"],
  files: readonly NumberedFile[],
  tensors: readonly ForeignTensor[],
): ForeignCheckpoint {
  const shards = files.map(({ key, file: { source } }): DataObject => {
    const etag = source instanceof ObjectSource ? source.info.etag : undefined;
    return { key, size: source.size, ...(etag !== undefined && { etag }) };
  });
  return new ForeignCheckpoint(store, { kind, metadata: files[0]?.file.metadata ?? {}, shards, tensors });
}

function fault(store: ObjectStore, place: string, detail: string, advice?: string): FormatError {
  const uri = objectUri(store.uri, place);
  return new FormatError({ operation: "load", uri, detail, ...(advice !== undefined && { advice }) });
}
