import type { HashState, Sha256 } from "./sha256.ts";

const BLOCK = 64;

/**
 * A key of HMAC-SHA-256 (RFC 2104) whose two first blocks are hashed once: each further message costs half of what it
 * would.
 */
export class HmacKey {
  readonly #sha256: Sha256;
  readonly #inner: HashState;
  readonly #outer: HashState;

  /** Prepares a key of any length. */
  constructor(sha256: Sha256, key: Uint8Array) {
    const short = key.length > BLOCK ? sha256.digest(key) : key;
    const inner = new Uint8Array(BLOCK).fill(0x36);
    const outer = new Uint8Array(BLOCK).fill(0x5c);
    for (const [i, byte] of short.entries()) {
      inner[i] = byte ^ 0x36;
      outer[i] = byte ^ 0x5c;
    }
    this.#sha256 = sha256;
    this.#inner = sha256.stateAfter(inner);
    this.#outer = sha256.stateAfter(outer);
  }

  /** The code of `message`, as bytes. */
  digest(message: string): Uint8Array<ArrayBuffer> {
    return this.#sha256.digest(this.#sha256.digest(message, this.#inner), this.#outer);
  }

  /** The code of `message`, in lower-case hexadecimal. */
  hex(message: string): string {
    return this.#sha256.hex(this.#sha256.digest(message, this.#inner), this.#outer);
  }
}
