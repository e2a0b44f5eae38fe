/**
 * Four words of 32 bits that numbers are mixed into, so that any other numbers give other words: a hash of 128 bits by the
 * rounds of Chaskey (Mouha and others, SAC 2014). Not for secrets.
 */
export class MixedWords {
  // The first digits of π.
  /** The first word. */
  v0 = 0x243f6a88 | 0;
  /** The second. */
  v1 = 0x85a308d3 | 0;
  /** The third. */
  v2 = 0x13198a2e | 0;
  /** The last. */
  v3 = 0x03707344 | 0;

  /** A number from 0 to 1, without 1, that follows from what was mixed in. */
  get fraction(): number {
    return (this.v0 >>> 0) / 2 ** 32;
  }

  /** Goes on from what was mixed into others. */
  start({ v0, v1, v2, v3 }: MixedWords): this {
    this.v0 = v0;
    this.v1 = v1;
    this.v2 = v2;
    this.v3 = v3;
    return this;
  }

  /** Mixes 32 bits in. */
  mix(word: number): this {
    let { v0, v1, v2, v3 } = this;
    v0 ^= word;
    for (let round = 0; round < 4; round++) {
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 13 | v3 >>> 19) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 7 | v1 >>> 25) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
    }
    this.v0 = v0 ^ word;
    this.v1 = v1;
    this.v2 = v2;
    this.v3 = v3;
    return this;
  }

  /** Mixes a whole number below 2^53 in. */
  mixNumber(value: number): this {
    return this.mix(value | 0).mix(value / 2 ** 32);
  }

  /** Mixes a text in. */
  mixText(text: string): this {
    this.mix(text.length);
    for (let at = 0; at < text.length; at += 2) this.mix(text.charCodeAt(at) | text.charCodeAt(at + 1) << 16);
    return this;
  }
}
