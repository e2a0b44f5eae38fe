import { compareKeys } from "@lade/core";
import type { ObjectTable } from "../datasets/object_table.ts";

/** Two rows of a table that have the same key. */
export interface RepeatedKey {
  /** The key. */
  readonly key: string;
  /** The first row, from 0. */
  readonly first: number;
  /** A later one. */
  readonly second: number;
}

/**
 * Watches the keys of a table as they come. In order, as listings and manifests have them, two that are alike are
 * neighbours; only where they are not is the whole table looked through, with 8 bytes of memory for each.
 */
export class KeyWatch {
  #latest: string | undefined;
  #count = 0;
  #isOrdered = true;

  /** Takes the next key. Gives the two rows where the one before is the same. */
  add(key: string): RepeatedKey | undefined {
    const order = this.#latest === undefined ? -1 : compareKeys(this.#latest, key);
    this.#latest = key;
    const second = this.#count++;
    if (order === 0) return { key, first: second - 1, second };
    if (order > 0) this.#isOrdered = false;
    return undefined;
  }

  /** Says of the table with all of these keys whether one is there twice. */
  end(objects: ObjectTable): RepeatedKey | undefined {
    return this.#isOrdered ? undefined : repeatedIn(objects);
  }
}

function repeatedIn(objects: ObjectTable): RepeatedKey | undefined {
  const rows = new BigUint64Array(objects.length);
  for (let row = 0; row < rows.length; row++) {
    rows[row] = BigInt(hashOf(objects.at(row).key)) << 32n | BigInt(row);
  }
  rows.sort();
  let found: RepeatedKey | undefined;
  let hash: bigint | undefined;
  const alike = new Map<string, number>();
  for (const hashed of rows) {
    if (hashed >> 32n !== hash) alike.clear();
    hash = hashed >> 32n;
    const second = Number(BigInt.asUintN(32, hashed));
    const { key } = objects.at(second);
    const first = alike.get(key);
    if (first === undefined) alike.set(key, second);
    else if (!found || second < found.second) found = { key, first, second };
  }
  return found;
}

/** 32 bits of a text (FNV-1a over its UTF-16). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
