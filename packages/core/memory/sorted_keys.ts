import { compareKeys } from "../uri/compare_keys.ts";

const BLOCK = 512;

/**
 * A set of keys in UTF-8 order, in blocks of at most 512: adding and removing moves one block, and finding the next
 * key of any string needs no iterator that a change could break.
 */
export class SortedKeys {
  readonly #blocks: string[][] = [];

  /** Adds a key that is not there yet. */
  add(key: string): void {
    const index = Math.max(0, this.#blockAfter(key) - 1);
    const block = this.#blocks[index];
    if (!block) {
      this.#blocks.push([key]);
      return;
    }
    block.splice(countBefore(block, key), 0, key);
    if (block.length > BLOCK) this.#blocks.splice(index + 1, 0, block.splice(BLOCK / 2));
  }

  /** Removes a key that is there. */
  delete(key: string): void {
    const index = this.#blockAfter(key) - 1;
    const block = this.#blocks[index];
    if (!block) return;
    const at = countBefore(block, key);
    if (block[at] === key) block.splice(at, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** The least key that is `start` or follows it. */
  from(start: string): string | undefined {
    const index = Math.max(0, this.#blockAfter(start) - 1);
    const block = this.#blocks[index];
    return block?.[countBefore(block, start)] ?? this.#blocks[index + 1]?.[0];
  }

  /** The least key that follows `key`, which need not be there: nothing lies between it and itself with a NUL. */
  after(key: string): string | undefined {
    return this.from(`${key}\0`);
  }

  /** Index of the first block whose first key follows `key`. */
  #blockAfter(key: string): number {
    return partition(this.#blocks.length, (index) => compareKeys(this.#blocks[index]?.[0] ?? "", key) <= 0);
  }
}

function countBefore(block: readonly string[], key: string): number {
  return partition(block.length, (index) => compareKeys(block[index] ?? "", key) < 0);
}

/** How many of the indices from 0 up to `length` are in the leading part that `inside` holds for. */
function partition(length: number, inside: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inside(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
