/** The bytes of an object, held or made on demand. */
export interface Content {
  /** How many bytes there are. */
  readonly size: number;
  /** The bytes of a range in order, in pieces that must not be changed. */
  slice(offset: number, length: number): Iterable<Uint8Array>;
}

/** Bytes held in memory. */
export class BytesContent implements Content {
  readonly #bytes: Uint8Array;

  /** Keeps `bytes` without a copy. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The range, in one piece. */
  slice(offset: number, length: number): Iterable<Uint8Array> {
    return [this.#bytes.subarray(offset, offset + length)];
  }
}

/** The longest block, in bytes: prime, so that a range put in the wrong place shows. */
const BLOCK = 4194319;
const ZEROS = new Uint8Array(BLOCK);

/**
 * Bytes made of one block of pseudo-random numbers over and over, so that an object of any size costs four
 * megabytes.
 */
export class SyntheticContent implements Content {
  readonly #block: Uint8Array;

  /** Byte `i` depends on `seed` and `i` alone; seed 0 gives zeros. */
  constructor(
    /** How many bytes there are. */
    readonly size: number,
    seed: number,
  ) {
    this.#block = seed === 0 ? ZEROS : makeBlock(seed, Math.min(size, BLOCK));
  }

  /** The range, in pieces of at most one block. */
  *slice(offset: number, length: number): Iterable<Uint8Array> {
    const end = offset + length;
    for (let at = offset; at < end;) {
      const start = at % BLOCK;
      const piece = this.#block.subarray(start, Math.min(BLOCK, start + end - at));
      yield piece;
      at += piece.length;
    }
  }
}

/** Contents one after the other. */
export class JoinedContent implements Content {
  readonly #parts: readonly Content[];
  /** How many bytes there are. */
  readonly size: number;

  /** Keeps the parts. */
  constructor(parts: readonly Content[]) {
    this.#parts = parts;
    this.size = parts.reduce((sum, part) => sum + part.size, 0);
  }

  /** The range, in the pieces of the parts. */
  *slice(offset: number, length: number): Iterable<Uint8Array> {
    let start = 0;
    for (const part of this.#parts) {
      const from = Math.max(offset, start);
      const to = Math.min(offset + length, start + part.size);
      if (from < to) yield* part.slice(from - start, to - from);
      start += part.size;
    }
  }
}

/** A range of another content. */
export class PartialContent implements Content {
  readonly #whole: Content;
  readonly #offset: number;

  /** Keeps the whole. */
  constructor(
    whole: Content,
    offset: number,
    /** How many bytes there are. */
    readonly size: number,
  ) {
    this.#whole = whole;
    this.#offset = offset;
  }

  /** The range, in the pieces of the whole. */
  slice(offset: number, length: number): Iterable<Uint8Array> {
    return this.#whole.slice(this.#offset + offset, length);
  }
}

/** All bytes of a content in one new array. */
export function bytesOf(content: Content): Uint8Array {
  const bytes = new Uint8Array(content.size);
  let at = 0;
  for (const piece of content.slice(0, content.size)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Fills a block by xorshift32 (Marsaglia 2003). */
function makeBlock(seed: number, length: number): Uint8Array {
  const block = new Uint8Array(length);
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[i] = state;
  }
  return block;
}
