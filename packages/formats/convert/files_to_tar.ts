import { type ListOptions, type ObjectStore, PlaceJudge, type WriterOptions } from "@lade/core";
import { BLOCK } from "../tar/tar_member.ts";
import { tarSizeOf } from "../tar/tar_writer.ts";
import { sampleNameOf } from "../webdataset/sample_name.ts";
import { SampleShardWriter } from "../webdataset/sample_shard_writer.ts";
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
  let open: SampleShardWriter | undefined;
  const close = async (shard: SampleShardWriter) => {
    const { size } = await shard.close();
    const { key, files, samples } = shard;
    written.push({ key, size, files, ...(index && { samples }) });
  };
  try {
    for await (const { file, data } of readFiles(from, planned(tree, maxBytes ?? Infinity), call)) {
      const { name, shard, meta } = file;
      if (open && shard !== written.length) {
        await close(open);
        open = undefined;
      }
      open ??= await SampleShardWriter.create(to, keyOf(shard), { ...writer, index });
      const mtime = keepTimes ? Math.floor(meta.lastModified.getTime() / 1000) : 0;
      await open.add({ name, size: meta.size, mtime }, data);
      onFile?.(name, meta.size);
    }
    if (open) await close(open);
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
