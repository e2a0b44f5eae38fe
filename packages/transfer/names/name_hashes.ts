const FIRST_SIZE = 1024;

/**
 * A set of names as hashes of 64 bits, which takes 8 bytes for each place and has two to four places for each name. Two
 * names of one hash count as one: of ten million names that happens to any two in one of 350,000 sets.
 */
export class NameHashes {
  #size = 0;
  #places = new Uint32Array(2 * FIRST_SIZE);

  /** Names in it. */
  get size(): number {
    return this.#size;
  }

  /** Whether a name is in it. */
  has(name: string): boolean {
    const [high, low] = hash(name);
    return this.#places[this.#find(high, low) + 1] !== 0;
  }

  /** Adds a name, and returns whether it was not in it. */
  add(name: string): boolean {
    const [high, low] = hash(name);
    const place = this.#find(high, low);
    if (this.#places[place + 1] !== 0) return false;
    this.#places.set([high, low], place);
    if (++this.#size * 4 > this.#places.length) this.#grow();
    return true;
  }

  /** Where a hash is, or would be. */
  #find(high: number, low: number): number {
    const mask = this.#places.length - 1;
    for (let place = low * 2 & mask;; place = place + 2 & mask) {
      const there = this.#places[place + 1];
      if (there === 0 || there === low && this.#places[place] === high) return place;
    }
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = old.subarray(at, at + 2);
      if (low !== 0) this.#places.set([high, low], this.#find(high, low));
    }
  }
}

/** Two mixed hashes of the units of a name; the second is never 0, which stands for an empty place. */
function hash(name: string): [high: number, low: number] {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    one = Math.imul(one ^ unit, 2654435761);
    other = Math.imul(other ^ unit, 1597334677);
  }
  one = mix(one) ^ mix(other ^ 0x9e3779b9);
  other = mix(other) ^ mix(one ^ 0x7f4a7c15);
  return [one >>> 0, other >>> 0 || 1];
}

function mix(value: number): number {
  const once = Math.imul(value ^ value >>> 16, 2246822507);
  const twice = Math.imul(once ^ once >>> 13, 3266489909);
  return twice ^ twice >>> 16;
}
