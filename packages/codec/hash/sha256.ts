/** The state of a hash after some whole blocks. */
export interface HashState {
  /** The eight words. */
  readonly words: Int32Array;
  /** Bytes hashed so far, a multiple of 64. */
  readonly length: number;
}

const BLOCK = 64;

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
const START: HashState = { words: fractions(8, (prime) => Math.sqrt(prime)), length: 0 };

/** The same of the cube roots of the first 64 primes. */
const ROUND = fractions(64, (prime) => Math.cbrt(prime));

const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/**
 * Computes SHA-256 (FIPS 180-4) of short messages, faster than a call out of JavaScript does, and without the time that
 * `node:crypto` takes to load. Holds a buffer that is reused: one message at a time.
 */
export class Sha256 {
  readonly #schedule = new Int32Array(64);
  readonly #words = new Int32Array(8);
  readonly #digits: number[] = new Array(64).fill(0);
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(2048);

  /** The hash of `message`, after what `start` has hashed, as bytes. */
  digest(message: string | Uint8Array, start: HashState = START): Uint8Array<ArrayBuffer> {
    this.#hash(message, start);
    const bytes = new Uint8Array(32);
    const words = this.#words;
    for (let i = 0; i < 32; i++) bytes[i] = (words[i >> 2] as number) >>> 24 - 8 * (i & 3);
    return bytes;
  }

  /** The hash in lower-case hexadecimal. */
  hex(message: string | Uint8Array, start: HashState = START): string {
    this.#hash(message, start);
    const digits = this.#digits;
    for (let i = 0; i < 64; i++) {
      digits[i] = DIGITS[(this.#words[i >> 3] as number) >>> 28 - 4 * (i & 7) & 15] as number;
    }
    return String.fromCharCode.apply(undefined, digits);
  }

  /** The state after one block of 64 bytes. */
  stateAfter(block: Uint8Array): HashState {
    const words = START.words.slice();
    compress(words, block, 0, this.#schedule);
    return { words, length: BLOCK };
  }

  #hash(message: string | Uint8Array, start: HashState): void {
    // Room for the longest encoding, the bit that ends a message, and its length.
    const room = (typeof message === "string" ? 3 * message.length : message.length) + 2 * BLOCK;
    if (this.#buffer.length < room) this.#buffer = new Uint8Array(2 * room);
    const buffer = this.#buffer;
    let length = message.length;
    if (typeof message === "string") length = this.#encoder.encodeInto(message, buffer).written;
    else buffer.set(message);
    const end = Math.ceil((length + 9) / BLOCK) * BLOCK;
    buffer.fill(0, length, end);
    buffer[length] = 0x80;
    const bits = 8 * (start.length + length);
    for (let i = 1, rest = bits; i <= 8; i++, rest = Math.floor(rest / 256)) buffer[end - i] = rest % 256;
    this.#words.set(start.words);
    for (let at = 0; at < end; at += BLOCK) compress(this.#words, buffer, at, this.#schedule);
  }
}

/** Takes a block into the eight words. Indices stay within arrays of fixed length, hence the assertions. */
function compress(words: Int32Array, bytes: Uint8Array, at: number, w: Int32Array): void {
  for (let i = 0; i < 16; i++) {
    const p = at + 4 * i;
    w[i] = (bytes[p] as number) << 24 | (bytes[p + 1] as number) << 16 | (bytes[p + 2] as number) << 8 |
      (bytes[p + 3] as number);
  }
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number;
    const y = w[i - 2] as number;
    const s0 = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const s1 = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1 | 0;
  }
  let a = words[0] as number, b = words[1] as number, c = words[2] as number, d = words[3] as number;
  let e = words[4] as number, f = words[5] as number, g = words[6] as number, h = words[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
    const t1 = h + s1 + (e & f ^ ~e & g) + (ROUND[i] as number) + (w[i] as number) | 0;
    const s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
    const t2 = s0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + t1 | 0;
    d = c;
    c = b;
    b = a;
    a = t1 + t2 | 0;
  }
  words[0] = (words[0] as number) + a;
  words[1] = (words[1] as number) + b;
  words[2] = (words[2] as number) + c;
  words[3] = (words[3] as number) + d;
  words[4] = (words[4] as number) + e;
  words[5] = (words[5] as number) + f;
  words[6] = (words[6] as number) + g;
  words[7] = (words[7] as number) + h;
}

function fractions(count: number, root: (prime: number) => number): Int32Array {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return Int32Array.from(found, (prime) => (root(prime) % 1) * 2 ** 32);
}
