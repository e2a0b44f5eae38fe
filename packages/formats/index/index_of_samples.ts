import { checkIndexPlace } from "../webdataset/index_place.ts";
import { indexSamples, sampleIndexKey } from "../webdataset/index_samples.ts";
import { formatSampleIndex, parseSampleIndex } from "../webdataset/index_text.ts";
import type { SampleIndex } from "../webdataset/sample_index.ts";
import type { IndexedFormat } from "./indexed_format.ts";

/** tar as webdataset groups it: the place of each field of each sample. */
export const indexOfSamples: IndexedFormat = {
  noun: "sample",
  keysOf: (key) => [sampleIndexKey(key)],
  checkPlace: checkIndexPlace,
  async build(store, key, options) {
    const index = await indexSamples(store, key, options);
    return {
      count: index.length,
      text: () => [formatSampleIndex(index)],
      agrees: (stored, object) => isSame(parseSampleIndex(stored, object), index),
    };
  },
};

/** Whether two indexes have the same fields at the same places. Older ones of DALI's have no names. */
function isSame(stored: SampleIndex, built: SampleIndex): boolean {
  if (stored.length !== built.length || stored.files !== built.files) return false;
  for (let sample = 0; sample < built.length; sample++) {
    const theirs = stored.at(sample).fields;
    const same = built.at(sample).fields.every(({ field, name, offset, size }, place) => {
      const other = theirs[place];
      return other !== undefined && other.offset === offset && other.size === size && other.field === field &&
        (other.name === undefined || other.name === name);
    });
    if (!same) return false;
  }
  return true;
}
