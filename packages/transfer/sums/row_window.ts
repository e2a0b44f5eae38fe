import { compareKeys } from "@lade/core/backend";
import type { CacheRow } from "./cache_rows.ts";

const MOST = 512;

/**
 * Looks rows up that are asked for in ascending order, several with one query: as many as the ones before were of use, from
 * one to 512. Any other order takes one query each.
 */
export class RowWindow {
  readonly #read: (uri: string, limit: number) => CacheRow[];
  #rows: readonly CacheRow[] = [];
  #start: string | undefined;
  #limit = 1;
  #used = 0;
  /** Behind the row that was found last: mostly the next one that is asked for. */
  #next = 0;

  /** Reads rows from a URI on by `read`. */
  constructor(read: (uri: string, limit: number) => CacheRow[]) {
    this.#read = read;
  }

  /** The row of a URI. */
  find(uri: string): CacheRow | undefined {
    const next = this.#rows[this.#next];
    if (next?.uri === uri) {
      this.#next++;
      this.#used++;
      return next;
    }
    if (!this.#covers(uri)) {
      this.#limit = 2 * this.#used >= this.#limit
        ? Math.min(MOST, this.#limit * 4)
        : Math.max(1, this.#limit >> 1);
      this.#rows = this.#read(uri, this.#limit);
      this.#start = uri;
      this.#used = 0;
    }
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(this.#rows[middle]?.uri ?? "", uri) < 0) low = middle + 1;
      else high = middle;
    }
    const row = this.#rows[low];
    this.#next = low;
    if (row?.uri !== uri) return undefined;
    this.#next++;
    this.#used++;
    return row;
  }

  #covers(uri: string): boolean {
    if (this.#start === undefined || compareKeys(uri, this.#start) < 0) return false;
    const last = this.#rows.at(-1);
    // There is nothing behind a window that did not get full.
    return this.#rows.length < this.#limit || (last !== undefined && compareKeys(uri, last.uri) <= 0);
  }
}
