import { getBytes, type ObjectStore, objectUri } from "@lade/core";
import { checkOptions, needText, optionWords } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import {
  openSafetensors,
  openSafetensorsSet,
  type SafetensorsFile,
  type TensorPlace,
} from "@lade/formats/safetensors";
import { ObjectSource } from "@lade/formats/source";
import { checkWhole } from "../errors/check_values.ts";
import type { DataObject } from "../record/piece_bytes.ts";
import {
  ForeignCheckpoint,
  type ForeignKind,
  type ForeignSetup,
  type ForeignTensor,
} from "./foreign_checkpoint.ts";
import { openNpzTensors } from "./open_npz_tensors.ts";
import { openRawTensors } from "./open_raw_tensors.ts";
import { pickleRefusal } from "./pickles.ts";
import { type RawTensor, readRawDescription, writeRawDescription } from "../raw/raw_description.ts";
import { isSharded, type NumberedFile, putTogether } from "./sharded_tensors.ts";

const CALL = "load what others wrote";
const OPTIONS = { filter: "function", maxSize: "any", raw: "any", signal: "signal" } as const;
const RAW_END = ".raw.json";
const INDEX_ENDS = [".safetensors.index.json", RAW_END];
const FILE_END = ".safetensors";
const NPZ_END = ".npz";
/** Headers that are read at the same time. */
const AT_ONCE = 16;

/** Options of {@linkcode loadForeign}. */
export interface LoadForeignOptions {
  /** Which tensors are wanted; all by default. Members of an npz that hold no numbers have to be left out. */
  readonly filter?: (name: string) => boolean;
  /** Bytes of an array of an npz that is deflated, at most: it is decompressed in memory. 1 GiB by default. */
  readonly maxSize?: number;
  /** What lies in a file that does not say so itself: `file` is the one that is opened by default. */
  readonly raw?: readonly (Omit<RawTensor, "file"> & { readonly file?: string })[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Opens tensors that others wrote, so that any part of them can be loaded as of a checkpoint: a safetensors file, an index of
 * several or the folder that has it, or a folder of parts of tensors as torch's `HuggingFaceStorageWriter` writes them; an npz;
 * or files of bare elements, by a description that is given (`raw`) or lies beside them (`….raw.json`). Only headers are
 * read, and checked.
 *
 * Pickles (`.pt`, `.bin`, `.pkl`, `.distcp`, arrays of Python objects) are an `UnsupportedError` that says what to do; a folder
 * with none of all these is a `NotFoundError`, files that do not belong together or to their description a `FormatError`, and
 * parts that make up no tensor an `InvalidCheckpointError`.
 */
export async function loadForeign(
  store: ObjectStore,
  keyOrPrefix: string,
  options: LoadForeignOptions = {},
): Promise<ForeignCheckpoint> {
  checkOptions(CALL, options, OPTIONS);
  needText(keyOrPrefix);
  const { filter = () => true, raw, maxSize, signal } = options;
  if (maxSize !== undefined) checkWhole(CALL, "maxSize", maxSize, 0);
  if (raw !== undefined && !Array.isArray(raw)) {
    throw new TypeError(`Cannot ${CALL} with raw ${optionWords(raw)}: a list of tensors is needed`);
  }
  const setup = raw
    ? await openRaw(store, keyOrPrefix, raw, signal)
    : await open(store, keyOrPrefix, options);
  return new ForeignCheckpoint(store, {
    ...setup,
    tensors: setup.tensors.filter(({ name }) => filter(name)),
  });
}

async function open(
  store: ObjectStore,
  keyOrPrefix: string,
  options: LoadForeignOptions,
): Promise<ForeignSetup> {
  const { signal } = options;
  const refusal = pickleRefusal(store, keyOrPrefix) ?? npyRefusal(store, keyOrPrefix);
  if (refusal) throw refusal;
  if (INDEX_ENDS.some((end) => keyOrPrefix.endsWith(end))) return await openIndex(store, keyOrPrefix, signal);
  if (keyOrPrefix.endsWith(FILE_END)) return await openFiles(store, keyOrPrefix, [keyOrPrefix], signal);
  if (keyOrPrefix.endsWith(NPZ_END)) return await openNpz(store, keyOrPrefix, options);
  const folder = keyOrPrefix === "" || keyOrPrefix.endsWith("/") ? keyOrPrefix : `${keyOrPrefix}/`;
  const keys: string[] = [];
  for await (const entry of store.listWithDelimiter(folder, signal ? { signal } : {})) {
    if ("key" in entry) keys.push(entry.key);
  }
  const ofEnd = (end: string) => keys.filter((key) => key.endsWith(end));
  const only = (found: readonly string[], what: string) => {
    if (found.length < 2) return found[0];
    throw fault(store, folder, `it has ${found.length} ${what}`, `name one of them, such as ${found[0]}`);
  };
  const index = only(INDEX_ENDS.flatMap(ofEnd), "indexes");
  if (index !== undefined) return await openIndex(store, index, signal);
  const files = ofEnd(FILE_END);
  if (files.length > 0) return await openFiles(store, folder, files, signal);
  const npz = only(ofEnd(NPZ_END), "npz files");
  if (npz !== undefined) return await openNpz(store, npz, options);
  for (const key of keys) {
    const refusal = pickleRefusal(store, key);
    if (refusal) throw refusal;
  }
  const detail =
    "there is neither a safetensors file, nor an index of several, nor an npz, nor a description of raw files";
  throw new NotFoundError({ operation: "load", uri: objectUri(store.uri, folder), detail });
}

async function openNpz(
  store: ObjectStore,
  key: string,
  { filter = () => true, maxSize, signal }: LoadForeignOptions,
): Promise<ForeignSetup> {
  const options = { filter, ...(maxSize !== undefined && { maxSize }), ...(signal && { signal }) };
  return await openNpzTensors(store, key, options);
}

async function openRaw(
  store: ObjectStore,
  key: string,
  raw: NonNullable<LoadForeignOptions["raw"]>,
  signal: AbortSignal | undefined,
): Promise<ForeignSetup> {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const tensors = raw.map((tensor) => ({ file: key.slice(folder.length), ...tensor }));
  // What is said in code is checked as what a file says.
  const checked = readRawDescription(writeRawDescription(tensors), objectUri(store.uri, key));
  return await openRawTensors(store, folder, checked, signal);
}

/** An array that has no name. */
function npyRefusal(store: ObjectStore, key: string): UnsupportedError | undefined {
  return key.endsWith(".npy")
    ? new UnsupportedError({
      operation: "load",
      uri: objectUri(store.uri, key),
      detail: "it is one array without a name",
      advice: "read it by readNpy() of @lade/formats/npy",
    })
    : undefined;
}

async function openIndex(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ForeignSetup> {
  if (key.endsWith(RAW_END)) {
    const { bytes } = await getBytes(store, key, signal ? { signal } : {});
    return await openRaw(store, key, readRawDescription(bytes, objectUri(store.uri, key)), signal);
  }
  const set = await openSafetensorsSet(store, key, signal ? { signal } : {});
  const { fileKeys } = set;
  const files = await openAll(fileKeys, (key, signal) => set.open(key, { signal }), signal);
  const tensors = files.flatMap(({ shard, key, file }) =>
    [...file.tensors.values()].filter(({ name }) => set.files.get(name) === key).map((place) =>
      wholeTensor(place, shard)
    )
  );
  return setupOf("safetensors-set", files, tensors);
}

async function openFiles(
  store: ObjectStore,
  place: string,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ForeignSetup> {
  const missing = missingOfNames(keys);
  if (place.endsWith("/") && missing) throw fault(store, place, `it lacks ${missing}`);
  const files = await openAll(keys, (key, signal) => openSafetensors(store, key, { signal }), signal);
  const sharded = files.filter(({ file }) => isSharded(file));
  if (sharded.length === files.length) {
    return setupOf("dcp-safetensors", files, putTogether(store, place, files));
  }
  const [first, second] = files;
  if (first && !second) {
    const tensors = [...first.file.tensors.values()].map((place) => wholeTensor(place, 0));
    return setupOf("safetensors", files, tensors);
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

function setupOf(
  kind: ForeignKind,
  files: readonly NumberedFile[],
  tensors: readonly ForeignTensor[],
): ForeignSetup {
  const shards = files.map(({ key, file: { source } }): DataObject => {
    const etag = source instanceof ObjectSource ? source.info.etag : undefined;
    return { key, size: source.size, ...(etag !== undefined && { etag }) };
  });
  return { kind, metadata: files[0]?.file.metadata ?? {}, shards, tensors };
}

function fault(store: ObjectStore, place: string, detail: string, advice?: string): FormatError {
  const uri = objectUri(store.uri, place);
  return new FormatError({ operation: "load", uri, detail, ...(advice !== undefined && { advice }) });
}
