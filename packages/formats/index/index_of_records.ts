import { buildIndex } from "../tfrecord/build_index.ts";
import { indexKeyOf, indexKeysOf } from "../tfrecord/index_file.ts";
import { formatIndexText, parseIndexText } from "../tfrecord/index_text.ts";
import type { IndexedFormat } from "./indexed_format.ts";

/** TFRecord: an offset and a size for each record. */
export const indexOfRecords: IndexedFormat = {
  noun: "record",
  keysOf: (key) => [indexKeyOf(key), ...indexKeysOf(key).filter((other) => other !== indexKeyOf(key))],
  async build(store, key, options) {
    const index = await buildIndex(store, key, options);
    return {
      count: index.length,
      text: () => formatIndexText(index),
      agrees: (stored, object) => {
        const { bounds } = parseIndexText(stored, object);
        return bounds.length === index.bounds.length &&
          bounds.every((bound, place) => bound === index.bounds[place]);
      },
    };
  },
};
