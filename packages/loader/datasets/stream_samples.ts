import { type Sample, streamSamples as samplesOf } from "@lade/formats/webdataset";
import type { StreamDataset } from "./dataset.ts";
import { streamObjects, type StreamObjectsOptions } from "./stream_objects.ts";

/**
 * The samples of webdataset shards in order, without an index, also of those that are compressed (`.tar.gz`, `.tar.zst`).
 * With `fields` only those are read, and a sample without any is passed over. The store stays the caller's.
 */
export function streamSamples(
  { fields, ...options }: StreamObjectsOptions & { readonly fields?: readonly string[] },
): StreamDataset<Sample> {
  return streamObjects(options, {
    kind: ["samples", ...fields ?? []],
    noun: "samples",
    async *read(store, key, from, { signal }) {
      let count = 0;
      for await (const sample of samplesOf(store, key, { signal, ...(fields && { fields }) })) {
        if (count++ >= from) yield sample;
      }
      return count;
    },
  });
}
