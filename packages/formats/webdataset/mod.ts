/**
 * webdataset: shards of samples, which are tar archives, by index or in order; DALI's index and the lists of `wids`.
 *
 * @module
 */
export {
  indexSamples,
  sampleIndexKey,
  writeSampleIndex,
  type WriteSampleIndexOptions,
} from "./index_samples.ts";
export { formatSampleIndex, type IndexedShard, parseSampleIndex } from "./index_text.ts";
export type { SampleField } from "./sample_grouper.ts";
export { SampleIndex, type SampleLayout } from "./sample_index.ts";
export { readPipedSamples } from "./piped_samples.ts";
export { keepSamplesTogether } from "./keep_samples_together.ts";
export * from "./sample_name.ts";
export * from "./sample_reader.ts";
export * from "./sample_shard_writer.ts";
export * from "./shard_list.ts";
export { type Sample, streamSamples, type StreamSamplesOptions } from "./stream_samples.ts";
