import { type Algorithm, beginSum, type StreamSum } from "./stream_sums.ts";
import { base64ToHex } from "./etag_form.ts";

/**
 * The checksum over the checksums of parts of one size, as S3 gives it to objects that are written in parts: in base64,
 * a hyphen, and the number of parts; in hexadecimal digits for an etag.
 */
export class PartsSum implements StreamSum {
  readonly #algorithm: Algorithm;
  readonly #partSize: number;
  readonly #isEtag: boolean;
  readonly #whole: StreamSum;
  #part: StreamSum;
  #left: number;
  #count = 0;

  /** Begins at the first byte of an object. An etag is made of MD5. */
  constructor(algorithm: Algorithm, partSize: number, isEtag: boolean) {
    this.#algorithm = algorithm;
    this.#partSize = this.#left = partSize;
    this.#isEtag = isEtag;
    this.#whole = beginSum(algorithm);
    this.#part = beginSum(algorithm);
  }

  /** Goes on with `bytes`, which are not kept. */
  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#left);
      this.#part.update(piece);
      at += piece.length;
      this.#left -= piece.length;
      if (this.#left === 0) this.#closePart();
    }
  }

  /** The checksum; the last call. */
  finish(): string {
    if (this.#left < this.#partSize) this.#closePart();
    const whole = this.#whole.finish();
    return `${this.#isEtag ? base64ToHex(whole) : whole}-${this.#count}`;
  }

  #closePart(): void {
    const text = atob(this.#part.finish());
    this.#whole.update(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    this.#part = beginSum(this.#algorithm);
    this.#left = this.#partSize;
    this.#count++;
  }
}
