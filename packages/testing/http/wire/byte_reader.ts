import { Buffer } from "node:buffer";

/** Thrown when the peer ends a stream in the middle of something. */
export class EndOfStreamError extends Error {
  /** Says what was being read. */
  constructor(what: string) {
    super(`Cannot read ${what}: the stream ended`);
    this.name = "EndOfStreamError";
  }
}

/** Thrown when a peer breaks the framing of HTTP or aws-chunked. */
export class FramingError extends Error {
  /** The class, for messages. */
  override readonly name = "FramingError";
}

/** Reads lines and runs of bytes from a source of chunks, keeping what is left over for the next call. */
export class ByteReader {
  readonly #pull: () => Promise<Uint8Array | null>;
  #rest: Uint8Array = new Uint8Array(0);

  /** `pull` gives the next chunk, or null at the end. */
  constructor(pull: () => Promise<Uint8Array | null>) {
    this.#pull = pull;
  }

  /**
   * Reads up to and including `terminator` and returns what precedes it, or null when the source ends before
   * any byte.
   */
  async until(terminator: string, limit: number, what: string): Promise<Uint8Array | null> {
    let seen = Buffer.from(this.#rest.buffer, this.#rest.byteOffset, this.#rest.length);
    let from = 0;
    while (true) {
      const at = seen.indexOf(terminator, from, "latin1");
      if (at > limit || (at < 0 && seen.length > limit)) {
        throw new FramingError(`${what} is over ${limit} bytes`);
      }
      if (at >= 0) {
        this.#rest = seen.subarray(at + terminator.length);
        return seen.subarray(0, at);
      }
      from = Math.max(0, seen.length - terminator.length + 1);
      const more = await this.#pull();
      if (more === null) {
        this.#rest = new Uint8Array(0);
        if (seen.length === 0) return null;
        throw new EndOfStreamError(what);
      }
      seen = seen.length === 0
        ? Buffer.from(more.buffer, more.byteOffset, more.length)
        : Buffer.concat([seen, more]);
    }
  }

  /** Reads one CRLF-terminated line as latin-1, without its end. */
  async line(limit: number, what: string): Promise<string> {
    const bytes = await this.until("\r\n", limit, what);
    if (bytes === null) throw new EndOfStreamError(what);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    if (/[\r\n]/.test(text)) throw new FramingError(`${what} has a bare CR or LF`);
    return text;
  }

  /** Reads between one and `max` bytes, or null at the end. */
  async some(max: number): Promise<Uint8Array | null> {
    while (this.#rest.length === 0) {
      const more = await this.#pull();
      if (more === null) return null;
      this.#rest = more;
    }
    const taken = this.#rest.subarray(0, max);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Reads the CRLF that must come next. */
  async crlf(what: string): Promise<void> {
    for (const expected of [13, 10]) {
      const byte = await this.some(1);
      if (byte === null) throw new EndOfStreamError(what);
      if (byte[0] !== expected) throw new FramingError(`${what} is not followed by CRLF`);
    }
  }
}
