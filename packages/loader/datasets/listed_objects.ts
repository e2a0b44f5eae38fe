import { compareKeys } from "@lade/core/backend";
import { FormatError } from "@lade/formats/errors";
import type { ObjectTable, TableObject } from "./object_table.ts";

/** Objects that can be found by their keys, as they lie packed. */
export class ListedObjects {
  readonly #objects: ObjectTable;

  /** Of a listing, or a manifest of one: keys that are not in the order of their UTF-8 are a `FormatError`. */
  constructor(objects: ObjectTable, uri: string) {
    this.#objects = objects;
    let last = "";
    for (let index = 0; index < objects.length; index++) {
      const { key } = objects.at(index);
      if (index > 0 && compareKeys(last, key) >= 0) {
        const detail = `${JSON.stringify(key)} is listed behind ${JSON.stringify(last)}`;
        throw new FormatError({ operation: "load", uri, detail });
      }
      last = key;
    }
  }

  /** The object of a key. */
  find(key: string): TableObject | undefined {
    const index = this.#first(key);
    const found = index < this.#objects.length ? this.#objects.at(index) : undefined;
    return found?.key === key ? found : undefined;
  }

  /** The objects whose keys begin so. */
  *below(prefix: string): Generator<TableObject> {
    for (let index = this.#first(prefix); index < this.#objects.length; index++) {
      const object = this.#objects.at(index);
      if (!object.key.startsWith(prefix)) return;
      yield object;
    }
  }

  /** The place of the first object whose key does not come before this one. */
  #first(key: string): number {
    let low = 0, high = this.#objects.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#objects.at(middle).key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
