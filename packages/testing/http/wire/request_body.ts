import { type ByteReader, EndOfStreamError, FramingError } from "./byte_reader.ts";
import type { BodyFraming } from "./request_head.ts";

/** What happens while a body is read. */
export interface RequestBodyHooks {
  /** Runs before the first byte is awaited, where `100 Continue` is sent. */
  beforeFirst: () => Promise<void>;
  /** Runs once some bytes were read, with their number. */
  after: (read: number) => Promise<void>;
}

/** The body of one request, read as it arrives. */
export class RequestBody {
  readonly #reader: ByteReader;
  readonly #hooks: RequestBodyHooks;
  readonly #chunked: boolean;
  #left: number;
  readonly #flips: Set<number> = new Set();
  #started = false;
  #ended: boolean;

  /** Bytes of body read so far. */
  received = 0;
  /** The length the client declared, or undefined when the body is chunked or there is none. */
  readonly declaredLength: number | undefined;

  /** Reads a body from what follows a head. */
  constructor(reader: ByteReader, framing: BodyFraming, hooks: RequestBodyHooks) {
    this.#reader = reader;
    this.#hooks = hooks;
    this.#chunked = framing.kind === "chunked";
    this.#left = framing.kind === "length" ? framing.length : 0;
    this.declaredLength = framing.kind === "length" ? framing.length : undefined;
    this.#ended = framing.kind === "none" || (framing.kind === "length" && framing.length === 0);
  }

  /** Whether every byte has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether any byte was asked for, and so whether the client was told to go on. */
  get started(): boolean {
    return this.#started;
  }

  /** The next bytes, at most `max`, or null at the end. */
  async next(max: number = Number.MAX_SAFE_INTEGER): Promise<Uint8Array | null> {
    if (this.#ended) return null;
    if (!this.#started) {
      this.#started = true;
      await this.#hooks.beforeFirst();
    }
    if (this.#chunked && this.#left === 0 && !(await this.#nextChunk())) return null;
    const bytes = await this.#reader.some(Math.min(max, this.#left));
    if (bytes === null) throw new EndOfStreamError("the request body");
    for (const at of this.#flips) {
      const byte = bytes[at - this.received];
      if (byte !== undefined) bytes[at - this.received] = byte ^ 1;
    }
    this.#left -= bytes.length;
    this.received += bytes.length;
    if (this.#left === 0) {
      if (this.#chunked) await this.#reader.crlf("a chunk");
      else this.#ended = true;
    }
    await this.#hooks.after(bytes.length);
    return bytes;
  }

  /** All that is left. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    for (let piece = await this.next(); piece; piece = await this.next()) pieces.push(piece.slice());
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }

  /** Turns the lowest bit of the byte at an offset, once that is read. */
  flip(atByte: number): void {
    this.#flips.add(atByte);
  }

  /** Reads and drops what is left. */
  async drain(): Promise<void> {
    while (await this.next() !== null);
  }

  async #nextChunk(): Promise<boolean> {
    const line = await this.#reader.line(1024, "a chunk size");
    const size = /^([0-9a-fA-F]{1,12})(?:[ \t]*;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw new FramingError("a chunk size is malformed");
    this.#left = parseInt(size, 16);
    if (this.#left > 0) return true;
    while (await this.#reader.line(8192, "a trailer field") !== "");
    this.#ended = true;
    return false;
  }
}
