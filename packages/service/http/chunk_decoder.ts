import { decodeLatin1, parseHeaders } from "./parse_response_head.ts";
import { ProtocolError } from "./wire_error.ts";
import type { ResponseLimits } from "./response_limits.ts";

const CR = 13;
const LF = 10;
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})((?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?)\r\n$/;

/** Follows the framing of a chunked body (RFC 9112 section 7.1): what lies between the bytes of its chunks. */
export class ChunkDecoder {
  readonly #limits: ResponseLimits;
  #extensionBytes = 0;
  #trailerBytes = 0;
  #state: "size" | "data" | "data-end" | "trailers" | "done" = "size";
  #remaining = 0;

  /** Starts before the first chunk's size. */
  constructor(limits: ResponseLimits) {
    this.#limits = limits;
  }

  /** Bytes of the present chunk that were not taken yet. When 0, {@linkcode advance} goes on to the next chunk. */
  get remaining(): number {
    return this.#remaining;
  }

  /** Whether the last chunk and the trailers are over. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** Notes that `count` bytes of the present chunk were taken. */
  take(count: number): void {
    this.#remaining -= count;
    if (this.#remaining === 0) this.#state = "data-end";
  }

  /**
   * Reads framing from the start of `bytes`, up to the first byte of the next chunk or the body's end. Gives the
   * bytes it used; when neither `remaining` nor `done` is set then, more are needed behind those not used.
   */
  advance(bytes: Uint8Array): number {
    let used = 0;
    while (this.#remaining === 0 && this.#state !== "done") {
      const rest = bytes.subarray(used);
      const step = this.#state === "data-end" ? this.#endData(rest) : this.#line(rest);
      if (step === 0) break;
      used += step;
    }
    return used;
  }

  #endData(bytes: Uint8Array): number {
    if ((bytes.length > 0 && bytes[0] !== CR) || (bytes.length > 1 && bytes[1] !== LF)) {
      throw new ProtocolError("a chunk is not followed by CR LF");
    }
    if (bytes.length < 2) return 0;
    this.#state = "size";
    return 2;
  }

  #line(bytes: Uint8Array): number {
    const trailing = this.#state === "trailers";
    const most = trailing ? this.#limits.maxHeadBytes - this.#trailerBytes : this.#limits.maxChunkLineBytes;
    const length = bytes.indexOf(LF) + 1;
    if (length > most || (length === 0 && bytes.length >= most)) {
      throw new ProtocolError(`${trailing ? "the trailers are" : "the line of a chunk's size is"} too long`);
    }
    if (length === 0) return 0;
    const line = decodeLatin1(bytes.subarray(0, length));
    if (trailing) this.#trailer(line);
    else this.#size(line);
    return length;
  }

  #size(line: string): void {
    const [, digits, extension] = SIZE_LINE.exec(line) ?? [];
    if (digits === undefined) throw new ProtocolError("a chunk's size cannot be understood");
    this.#extensionBytes += extension?.length ?? 0;
    if (this.#extensionBytes > this.#limits.maxChunkExtensionBytes) {
      throw new ProtocolError("the chunks have too many extensions");
    }
    const size = Number.parseInt(digits, 16);
    this.#state = size === 0 ? "trailers" : "data";
    this.#remaining = size;
  }

  #trailer(line: string): void {
    this.#trailerBytes += line.length;
    if (line === "\r\n") {
      this.#state = "done";
      return;
    }
    parseHeaders(`${line}\r\n`, 0, this.#limits);
  }
}
