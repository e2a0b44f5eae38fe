import { type ListOptions, type ObjectStore, PlaceJudge, type WriterOptions } from "@lade/core";
import { BLOCK } from "../tar/tar_member.ts";
import { tarSizeOf, TarWriter } from "../tar/tar_writer.ts";
import { sampleIndexKey } from "../webdataset/index_samples.ts";
import { formatSampleIndex } from "../webdataset/index_text.ts";
import { SampleGrouper } from "../webdataset/sample_grouper.ts";
import { SampleIndexBuilder } from "../webdataset/sample_index.ts";
import { sampleNameOf } from "../webdataset/sample_name.ts";
import { writeShardList } from "../webdataset/shard_list.ts";
import { readFiles } from "./read_files.ts";
import { hasShardPattern, shardKey } from "./shard_keys.ts";
import { type TreeFile, treeFiles } from "./tree_files.ts";

/** Options of {@linkcode filesToTar}. */
export interface FilesToTarOptions extends WriterOptions, Pick<ListOptions, "onLeftOut"> {
  /**
   * Bytes of an archive, at most: several are written then, each with its number in place of `%06d` in the key, or before
   * `.tar`. A sample is never cut in two; one that is larger by itself has an archive of its own. One archive by default.
   */
  readonly maxBytes?: number;
  /**
   * Whether an index of the samples is written beside each archive; true by default. Files that make up no samples, since a
   * field comes twice in one, are then an error.
   */
  readonly index?: boolean;
  /** The key of a list of the shards, as `wids` reads it; none by default. */
  readonly shardList?: string;
  /** Whether members are dated as the files, in whole seconds; by default they are not dated, and equal trees make equal archives. */
  readonly keepTimes?: boolean;
  /** Is told of each file once it is written. */
  readonly onFile?: (name: string, bytes: number) => void;
}

/** An archive that was written. */
export interface WrittenTar {
  /** Its key. */
  readonly key: string;
  /** Its bytes. */
  readonly size: number;
  /** Files in it. */
  readonly files: number;
  /** Samples of webdataset in it; absent where none were looked for. */
  readonly samples?: number;
}

/** Bytes of the blocks that end an archive. */
const END = 2 * BLOCK;

interface PlannedFile extends TreeFile {
  readonly shard: number;
}

/**
 * Writes the files below a prefix as a tar archive or as several, in the order of their names, with what webdataset and DALI
 * need to read any sample of them. Files are read as they are written: little is in memory at a time. An archive becomes
 * visible when it is whole; a failure leaves those before it.
 */
export async function filesToTar(
  from: ObjectStore,
  prefix: string,
  to: ObjectStore,
  key: string,
  options: FilesToTarOptions = {},
): Promise<WrittenTar[]> {
  const { maxBytes, index = true, shardList, keepTimes = false, onFile, onLeftOut, ...writer } = options;
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw new RangeError(`Cannot write archives of ${maxBytes} bytes: a whole number from 1 up is needed`);
  }
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const { signal } = writer;
  const call = signal ? { signal } : {};
  if (await new PlaceJudge().contains({ store: from, key: start }, { store: to, key }, undefined, call)) {
    throw new TypeError(
      `Cannot write ${JSON.stringify(key)} among the files that it is to have: choose another place`,
    );
  }
  const isSharded = maxBytes !== undefined || hasShardPattern(key);
  const keyOf = (shard: number) => isSharded ? shardKey(key, shard, ".tar") : key;
  if (shardList !== undefined) nameInList(shardList, keyOf(0));
  const tree = treeFiles(from, start, { ...call, ...(onLeftOut && { onLeftOut }) });
  const written: WrittenTar[] = [];
  let open: OpenShard | undefined;
  try {
    for await (const { file, data } of readFiles(from, planned(tree, maxBytes ?? Infinity), call)) {
      if (open && file.shard !== written.length) {
        written.push(await open.close());
        open = undefined;
      }
      open ??= await OpenShard.create(to, keyOf(file.shard), writer, index);
      await open.add(file, data, keepTimes);
      onFile?.(file.name, file.meta.size);
    }
    if (open) written.push(await open.close());
  } catch (error) {
    await open?.abort(error);
    throw error;
  }
  if (shardList !== undefined) await listShards(to, shardList, written, call);
  return written;
}

/** Says of each file which archive it goes into. The files of one sample go into one. */
async function* planned(
  files: AsyncIterable<TreeFile>,
  maxBytes: number,
): AsyncGenerator<PlannedFile, void, void> {
  let [shard, bytes] = [0, 0];
  let [group, groupBytes, key]: [TreeFile[], number, string | undefined] = [[], 0, undefined];
  const flush = function* () {
    if (bytes > 0 && bytes + groupBytes + END > maxBytes) {
      shard++;
      bytes = 0;
    }
    bytes += groupBytes;
    for (const file of group) yield { ...file, shard };
    group = [];
    groupBytes = 0;
  };
  for await (const file of files) {
    const sample = sampleNameOf(file.name)?.key;
    if (sample === undefined || sample !== key) yield* flush();
    key = sample;
    group.push(file);
    groupBytes += tarSizeOf({ name: file.name, size: file.meta.size });
  }
  yield* flush();
}

/** An archive, and the index that is made beside it. */
class OpenShard {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly #tar: TarWriter;
  readonly #options: WriterOptions;
  readonly #builder = new SampleIndexBuilder();
  readonly #grouper: SampleGrouper | undefined;
  #files = 0;

  private constructor(
    store: ObjectStore,
    key: string,
    tar: TarWriter,
    options: WriterOptions,
    index: boolean,
  ) {
    this.#store = store;
    this.#key = key;
    this.#tar = tar;
    this.#options = options;
    if (index) this.#grouper = new SampleGrouper(key);
  }

  static async create(
    store: ObjectStore,
    key: string,
    options: WriterOptions,
    index: boolean,
  ): Promise<OpenShard> {
    return new OpenShard(store, key, await TarWriter.create(store, key, options), options, index);
  }

  async add(
    { name, meta }: TreeFile,
    data: Uint8Array | AsyncIterable<Uint8Array>,
    keepTimes: boolean,
  ): Promise<void> {
    const mtime = keepTimes ? Math.floor(meta.lastModified.getTime() / 1000) : 0;
    const member = await this.#tar.add({ name, size: meta.size, mtime }, data);
    this.#files++;
    const grouped = this.#grouper?.add(member);
    if (grouped) this.#builder.add(name, member.offset, member.size, grouped.isFirst);
  }

  async close(): Promise<WrittenTar> {
    const { size } = await this.#tar.close();
    const { signal, ifNoneMatch, metadata } = this.#options;
    const samples = this.#builder.length;
    if (this.#grouper) {
      const options = {
        ...(signal && { signal }),
        ...(ifNoneMatch !== undefined && { ifNoneMatch }),
        ...(metadata && { metadata }),
      };
      await this.#store.put(sampleIndexKey(this.#key), formatSampleIndex(this.#builder.finish()), options);
    }
    return { key: this.#key, size, files: this.#files, ...(this.#grouper && { samples }) };
  }

  async abort(reason: unknown): Promise<void> {
    await this.#tar.abort(reason);
  }
}

async function listShards(
  store: ObjectStore,
  listKey: string,
  written: readonly WrittenTar[],
  options: { readonly signal?: AbortSignal },
): Promise<void> {
  const shardlist = written.map(({ key, size, samples = 0 }) => {
    return { url: nameInList(listKey, key), nsamples: samples, filesize: size };
  });
  await writeShardList(store, listKey, { shardlist }, options);
}

/** What a list calls an archive: its key from the list's folder on. */
function nameInList(listKey: string, key: string): string {
  const folder = listKey.slice(0, listKey.lastIndexOf("/") + 1);
  if (key.startsWith(folder)) return key.slice(folder.length);
  throw new TypeError(`Cannot list ${JSON.stringify(key)} in ${JSON.stringify(listKey)}: it lies elsewhere`);
}
