import type { CallOptions } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import type { HeldObject } from "@lade/core/seams";
import type { ByteSource } from "../source/byte_source.ts";
import { ObjectSource } from "../source/object_source.ts";
import { bytesInOrder } from "./tar_input.ts";
import type { InOrderBytes } from "./in_order_bytes.ts";
import { BLOCK, paddedSize } from "./tar_member.ts";

/** Bytes between two headers from which on they are asked for apart. */
const LARGE = 64 * 2 ** 10;
/** Bytes of one request, at most. */
const MOST = 2 ** 20;
/** Bytes of headers and small members without a large one, from which on they are read as a stream. */
const STREAMED = 4 * MOST;
/** Bytes that are read at hand at a time, at most. */
const HELD = LARGE;
/** Data that a stream is left for. */
const LEAVES_STREAM = 16 * MOST;

/**
 * The bytes of a source that headers lie in. It asks for as many at a time as the last run of headers took that large data
 * ended: one block for a header where each member is large. Where they are small it reads on in growing pieces, and then as
 * a stream.
 */
export class HeaderWindow implements AsyncDisposable {
  readonly #source: ByteSource;
  readonly #options: CallOptions;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;
  #used: number;
  #runStart: number;
  #lastRun = LARGE;
  #isFirst = true;
  #stream: InOrderBytes | undefined;
  readonly #held: HeldObject | undefined;
  #memory: Uint8Array = new Uint8Array(0);

  /** Reads nothing yet; the first header is at `from`. */
  constructor(source: ByteSource, options: CallOptions, from: number) {
    this.#source = source;
    this.#options = options;
    this.#used = from;
    this.#runStart = from;
    this.#held = source instanceof ObjectSource ? source.hold() : undefined;
  }

  /** Bytes that are in memory, or at hand; they lie behind all that were taken before. Valid until the next call. */
  takeNow(offset: number, length: number): Uint8Array | undefined {
    if (this.#stream) return this.#stream.takeAheadNow(offset - this.#stream.position, length);
    const at = offset - this.#start;
    if (at + length <= this.#window.length) {
      this.#beginsRun(offset);
      this.#used = offset + length;
      return this.#window.subarray(at, at + length);
    }
    const size = this.#sizeAt(offset, length);
    if (!this.#held || this.#isFirst || size > HELD) return undefined;
    if (this.#memory.length !== size) this.#memory = new Uint8Array(size);
    return this.#held.read(offset, this.#memory) ? this.#took(this.#memory, offset, length) : undefined;
  }

  /** Bytes that may have to be read. Valid until the next call. */
  async take(offset: number, length: number): Promise<Uint8Array> {
    if (this.#stream) {
      const gap = offset - this.#stream.position;
      if (gap <= LEAVES_STREAM) {
        await this.#stream.skip(gap);
        return await this.#stream.take(length);
      }
      await this.#stream[Symbol.asyncDispose]();
      this.#stream = undefined;
      this.#runStart = offset;
      this.#used = offset;
    }
    const size = this.#sizeAt(offset, length);
    if (offset - this.#runStart >= STREAMED) {
      this.#stream = bytesInOrder(this.#source, undefined, this.#options, offset);
      return await this.#stream.take(length);
    }
    return this.#took(await this.#source.read(offset, size, this.#options), offset, length);
  }

  /** Throws where what was read at hand may be of another version than the source. */
  check(): void {
    if (!this.#held || this.#held.isUnchanged()) return;
    const detail = "it has changed while it was read";
    throw new PreconditionFailedError({ operation: "read tar", uri: this.#source.uri, detail });
  }

  /** Ends what it reads. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#held?.[Symbol.dispose]();
    await this.#stream?.[Symbol.asyncDispose]();
  }

  #took(window: Uint8Array, offset: number, length: number): Uint8Array {
    this.#window = window;
    this.#start = offset;
    this.#used = offset + length;
    this.#isFirst = false;
    return window.subarray(0, length);
  }

  /** How many bytes are asked for from `offset` on. */
  #sizeAt(offset: number, length: number): number {
    const isNew = this.#beginsRun(offset);
    const wanted = isNew || this.#isFirst ? this.#lastRun : 2 * (offset - this.#runStart);
    const asked = Math.max(length, paddedSize(Math.min(wanted, MOST)), BLOCK);
    const left = this.#source.size - offset;
    // What ends an archive is of some blocks, and comes with its last header.
    return left <= LARGE ? left : Math.min(left, asked);
  }

  /** Whether large data lies before `offset`, and with it a new run begins. */
  #beginsRun(offset: number): boolean {
    if (offset - this.#used < LARGE) return false;
    if (this.#runStart === offset) return true;
    this.#lastRun = this.#used - this.#runStart;
    this.#runStart = offset;
    return true;
  }
}
