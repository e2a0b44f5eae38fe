/** Words of 32 bits in each slot; three zeros are an empty one. */
const WORDS = 3;
const FIRST_SLOTS = 1024;
/** At most so much of the table is in use; then it grows by half. */
const MOST_FULL = 0.75;
const GROWTH = 1.5;

/** Twelve bytes by which a set knows an entry: seven of what it is, and five of the state that it is in. */
export type Fingerprint = Uint32Array;

/** The bits of the second word that are of the state. */
const STATE_BITS = 0xff;

/** Makes a fingerprint of two hashes, of 7 and 5 bytes at least. */
export function fingerprintOf(entry: Uint8Array, state: Uint8Array): Fingerprint {
  const bytes = new Uint8Array(12);
  bytes.set(state.subarray(0, 5), 0);
  bytes.set(entry.subarray(0, 7), 5);
  const view = new DataView(bytes.buffer);
  // The entry's bytes 5 to 11: four in the first word, three in the second, beside the state's first.
  const second = view.getUint16(5) << 16 | view.getUint8(7) << 8 | view.getUint8(0);
  const words = Uint32Array.of(view.getUint32(8), second, view.getUint32(1));
  if (words.every((word) => word === 0)) words[0] = 1;
  return words;
}

/**
 * A set of fingerprints that grows to millions: 12 bytes for each slot of a table that is at most three quarters full and
 * grows by half, so 16 to 24 bytes for each entry, and once more while it grows.
 */
export class FinishedSet {
  #table = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that the table takes. */
  get bytes(): number {
    return this.#table.byteLength;
  }

  /** Adds one, in place of that of the same entry in another state. */
  add(fingerprint: Fingerprint): void {
    if (this.#size >= Math.floor(this.#table.length / WORDS * MOST_FULL)) this.#grow();
    const at = this.#find(fingerprint);
    if (this.#isEmpty(at)) this.#size++;
    this.#table.set(fingerprint, at);
  }

  /** Whether the entry is there, in whatever state. */
  hasEntry(fingerprint: Fingerprint): boolean {
    return !this.#isEmpty(this.#find(fingerprint));
  }

  /** Whether the entry is there, in this state. */
  has(fingerprint: Fingerprint): boolean {
    const at = this.#find(fingerprint);
    return !this.#isEmpty(at) && fingerprint.every((word, index) => this.#table[at + index] === word);
  }

  /** Where the entry is, or would be. */
  #find(fingerprint: Fingerprint): number {
    const table = this.#table;
    const [first = 0, second = 0] = fingerprint;
    const slots = table.length / WORDS;
    for (let slot = first % slots;; slot = slot + 1 === slots ? 0 : slot + 1) {
      const at = slot * WORDS;
      if (this.#isEmpty(at)) return at;
      if (table[at] === first && (((table[at + 1] as number) ^ second) & ~STATE_BITS) === 0) return at;
    }
  }

  #isEmpty(at: number): boolean {
    const table = this.#table;
    return table[at] === 0 && table[at + 1] === 0 && table[at + 2] === 0;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(Math.ceil(old.length / WORDS * GROWTH) * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const fingerprint = old.subarray(at, at + WORDS);
      if (fingerprint.some((word) => word !== 0)) this.#table.set(fingerprint, this.#find(fingerprint));
    }
  }
}
