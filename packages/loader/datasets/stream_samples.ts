import { type Sample, streamSamples as samplesOf } from "@lade/formats/webdataset";
import type { StreamDataset } from "./dataset.ts";
import { streamObjects, type StreamObjectsOptions } from "./stream_objects.ts";
import { WantedFields } from "./wanted_fields.ts";

/**
 * The samples of webdataset shards in order, without an index, also of those that are compressed (`.tar.gz`, `.tar.zst`).
 * With `fields` only those are read, and a sample without any is passed over; one that no sample has is a `TypeError` behind
 * the last of them. The store stays the caller's.
 */
export function streamSamples(
  { fields, ...options }: StreamObjectsOptions & { readonly fields?: readonly string[] },
): StreamDataset<Sample> {
  const chosen = fields && new WantedFields(fields);
  /** Objects that were gone through to their end. */
  const ended = new Set<string>();
  return streamObjects(options, {
    kind: ["samples", ...fields ?? []],
    noun: "samples",
    async *read(store, key, from, { signal }) {
      let count = 0;
      for await (const sample of samplesOf(store, key, { signal, ...(fields && { fields }) })) {
        chosen?.found(Object.keys(sample.fields));
        if (count++ >= from) yield sample;
      }
      if (chosen && ended.add(key).size === options.objects.length && !chosen.isComplete) {
        // Samples without any of the fields were passed over, so that the others' names are not known yet.
        for await (const { fields } of samplesOf(store, key, { signal })) {
          chosen.found(Object.keys(fields));
          chosen.check(options.uri);
        }
      }
      return count;
    },
  });
}
