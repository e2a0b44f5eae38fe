import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { streamTar, type TarEntry } from "../tar/stream_tar.ts";
import { SampleGrouper } from "./sample_grouper.ts";

/** A sample: the files of one key. */
export interface Sample {
  /** What its files have in common: their path up to the first dot of the last part. */
  readonly key: string;
  /** The files' bytes, by what follows that dot, in lower case; in the order of the shard. */
  readonly fields: Readonly<Record<string, Uint8Array>>;
}

/** Options of {@linkcode streamSamples}. */
export interface StreamSamplesOptions extends CallOptions {
  /** The fields wanted; all by default. The others are not read where they are large. A sample without any is passed over. */
  readonly fields?: readonly string[];
}

/**
 * Yields the samples of a shard in order, also of one that is compressed (`.tar.gz`, `.tar.zst`). Their bytes are the
 * caller's own. A sample is yielded once the next one begins, so one that an archive is cut in is never yielded.
 */
export async function* streamSamples(
  store: ObjectStore,
  key: string,
  options: StreamSamplesOptions = {},
): AsyncGenerator<Sample, void, void> {
  yield* samplesOf(streamTar(store, key, options), objectUri(store.uri, key), options.fields);
}

/** The samples that the members of a shard make up; with `keepsEmpty` also those that have none of the fields wanted. */
export async function* samplesOf(
  entries: AsyncIterable<TarEntry>,
  uri: string,
  wanted?: readonly string[],
  keepsEmpty = wanted === undefined,
): AsyncGenerator<Sample, void, void> {
  const grouper = new SampleGrouper(uri);
  const isWanted = wanted && new Set(wanted.map((field) => field.toLowerCase()));
  let sample: { key: string; fields: Record<string, Uint8Array> } | undefined;
  let isEmpty = true;
  for await (const entry of entries) {
    const grouped = entry.member.type === "file" ? grouper.add(entry.member) : undefined;
    if (!grouped) continue;
    if (grouped.isFirst) {
      if (sample && (keepsEmpty || !isEmpty)) yield sample;
      sample = { key: grouped.key, fields: Object.create(null) };
      isEmpty = true;
    }
    if (!sample || (isWanted && !isWanted.has(grouped.field))) continue;
    sample.fields[grouped.field] = await entry.bytes();
    isEmpty = false;
  }
  if (sample && (keepsEmpty || !isEmpty)) yield sample;
}
