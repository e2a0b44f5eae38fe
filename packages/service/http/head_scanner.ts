import { ProtocolError } from "./wire_error.ts";
import type { ResponseLimits } from "./response_limits.ts";

const CR = 13;
const LF = 10;
const START = [..."HTTP/1."].map((letter) => letter.charCodeAt(0));

/**
 * Looks for the end of a head in bytes that arrive piece by piece, each byte once. What can never become a head of
 * HTTP/1.x is refused as soon as it shows, whatever pieces it comes in.
 */
export class HeadScanner {
  readonly #limits: ResponseLimits;
  #lineStart = 0;
  #scanned = 0;

  /** Looks no further than `limits.maxHeadBytes`. */
  constructor(limits: ResponseLimits) {
    this.#limits = limits;
  }

  /**
   * Looks at `bytes`, which begins with what earlier calls saw. Gives the length of the head, its empty line
   * included, or -1 when more bytes are needed.
   */
  scan(bytes: Uint8Array): number {
    const { maxHeadBytes } = this.#limits;
    if (this.#scanned < START.length) checkStart(bytes, this.#scanned);
    for (;;) {
      const lf = bytes.indexOf(LF, this.#scanned);
      if (lf < 0 || lf >= maxHeadBytes) {
        this.#scanned = bytes.length;
        if (bytes.length >= maxHeadBytes) {
          throw new ProtocolError(`the head has more than ${maxHeadBytes} bytes`);
        }
        return -1;
      }
      if (lf === this.#lineStart || bytes[lf - 1] !== CR) {
        throw new ProtocolError("a line of the head does not end in CR LF");
      }
      const empty = lf === this.#lineStart + 1;
      this.#lineStart = this.#scanned = lf + 1;
      if (empty) return this.#take();
    }
  }

  #take(): number {
    const length = this.#scanned;
    this.#lineStart = this.#scanned = 0;
    return length;
  }
}

function checkStart(bytes: Uint8Array, from: number): void {
  const end = Math.min(bytes.length, START.length);
  for (let i = from; i < end; i++) {
    if (bytes[i] !== START[i]) throw new ProtocolError("the answer does not begin with HTTP/1");
  }
}
