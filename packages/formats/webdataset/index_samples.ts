import type { CallOptions, ObjectStore, PutOptions } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import type { ByteSource } from "../source/byte_source.ts";
import { scanMemberBatches } from "../tar/scan_tar.ts";
import { compressionOf, openTarSource } from "../tar/tar_input.ts";
import { checkIndexPlace } from "./index_place.ts";
import { formatSampleIndex } from "./index_text.ts";
import { SampleGrouper } from "./sample_grouper.ts";
import { type SampleIndex, SampleIndexBuilder } from "./sample_index.ts";

/** The key of the index beside a shard: `a/train-000.tar` has `a/train-000.idx`, as DALI's tool names it. */
export function sampleIndexKey(key: string): string {
  return `${key.replace(/\.tar$/i, "")}.idx`;
}

/**
 * Finds the samples of a shard by its headers, which are read by ranges where the files are large. A compressed one is an
 * `UnsupportedError`: no file of it can be read by itself.
 */
export async function indexSamples(
  store: ObjectStore,
  key: string,
  options: CallOptions = {},
): Promise<SampleIndex> {
  const source = await openTarSource(store, key, options);
  await refuseCompressed(source, options);
  return await indexSource(source, options);
}

/** The samples of a source. */
export async function indexSource(source: ByteSource, options: CallOptions = {}): Promise<SampleIndex> {
  const [grouper, builder] = [new SampleGrouper(source.uri), new SampleIndexBuilder()];
  for await (const members of scanMemberBatches(source, options)) {
    for (const member of members) {
      const grouped = member.type === "file" ? grouper.add(member) : undefined;
      if (grouped) builder.add(member.name, member.offset, member.size, grouped.isFirst);
    }
  }
  return builder.finish();
}

/** Options of {@linkcode writeSampleIndex}. */
export interface WriteSampleIndexOptions extends PutOptions {
  /** The key of the index; that of `sampleIndexKey` by default. */
  readonly indexKey?: string;
}

/**
 * Finds the samples of a shard, and writes the index beside it. An object that is there and no index of a tar archive is an
 * `AlreadyExistsError`.
 */
export async function writeSampleIndex(
  store: ObjectStore,
  key: string,
  { indexKey = sampleIndexKey(key), ...options }: WriteSampleIndexOptions = {},
): Promise<SampleIndex> {
  const { signal } = options;
  const call = signal ? { signal } : {};
  const index = await indexSamples(store, key, call);
  await checkIndexPlace(store, indexKey, call);
  await store.put(indexKey, formatSampleIndex(index), options);
  return index;
}

/** Refuses an archive that is compressed as a whole. */
export async function refuseCompressed(source: ByteSource, options?: CallOptions): Promise<void> {
  const compression = await compressionOf(source, options);
  if (!compression) return;
  const detail = `it is compressed with ${compression}, so that no sample of it can be read by itself`;
  const advice = "read it by streamSamples(), or store it decompressed";
  throw new UnsupportedError({ operation: "index", uri: source.uri, detail, advice });
}
