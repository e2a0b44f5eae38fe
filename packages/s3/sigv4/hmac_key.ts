import { createHash, type Hash } from "node:crypto";

const BLOCK = 64;

/**
 * A key of HMAC-SHA-256 (RFC 2104) whose two first blocks are hashed once: each further message costs half of what
 * `createHmac` does.
 */
export class HmacKey {
  readonly #inner: Hash;
  readonly #outer: Hash;

  /** Prepares a key of any length. */
  constructor(key: Uint8Array) {
    const short = key.length > BLOCK ? createHash("sha256").update(key).digest() : key;
    const inner = new Uint8Array(BLOCK).fill(0x36);
    const outer = new Uint8Array(BLOCK).fill(0x5c);
    for (const [i, byte] of short.entries()) {
      inner[i] = byte ^ 0x36;
      outer[i] = byte ^ 0x5c;
    }
    this.#inner = createHash("sha256").update(inner);
    this.#outer = createHash("sha256").update(outer);
  }

  /** The code of `message`, as bytes. */
  digest(message: string): Uint8Array {
    return this.#sign(message).digest();
  }

  /** The code of `message`, in lower-case hexadecimal. */
  hex(message: string): string {
    return this.#sign(message).digest("hex");
  }

  #sign(message: string): Hash {
    return this.#outer.copy().update(this.#inner.copy().update(message).digest());
  }
}
