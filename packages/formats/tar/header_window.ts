import type { CallOptions } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { bytesInOrder } from "./tar_input.ts";
import type { InOrderBytes } from "./in_order_bytes.ts";
import { BLOCK, paddedSize } from "./tar_member.ts";

/** Bytes between two headers from which on they are asked for apart. */
const LARGE = 64 * 2 ** 10;
/** Bytes of one request, at most. */
const MOST = 2 ** 20;
/** Bytes of headers and small members without a large one, from which on they are read as a stream. */
const STREAMED = 4 * MOST;
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

  /** Reads nothing yet; the first header is at `from`. */
  constructor(source: ByteSource, options: CallOptions, from: number) {
    this.#source = source;
    this.#options = options;
    this.#used = from;
    this.#runStart = from;
  }

  /** Bytes that are in memory; they lie behind all that were taken before. */
  takeNow(offset: number, length: number): Uint8Array | undefined {
    const at = offset - this.#start;
    if (this.#stream || at + length > this.#window.length) return undefined;
    this.#beginsRun(offset);
    this.#used = offset + length;
    return this.#window.subarray(at, at + length);
  }

  /** Bytes that may have to be read. Valid until the next call. */
  async take(offset: number, length: number): Promise<Uint8Array> {
    const gap = offset - (this.#stream?.position ?? this.#used);
    if (this.#stream) {
      if (gap <= LEAVES_STREAM) {
        await this.#stream.skip(gap);
        return await this.#stream.take(length);
      }
      await this.#stream[Symbol.asyncDispose]();
      this.#stream = undefined;
      this.#runStart = offset;
      this.#used = offset;
    }
    const isNew = this.#beginsRun(offset);
    if (offset - this.#runStart >= STREAMED) {
      this.#stream = bytesInOrder(this.#source, undefined, this.#options, offset);
      return await this.#stream.take(length);
    }
    const wanted = isNew || this.#isFirst ? this.#lastRun : 2 * (offset - this.#runStart);
    const asked = Math.max(length, paddedSize(Math.min(wanted, MOST)), BLOCK);
    const left = this.#source.size - offset;
    // What ends an archive is of some blocks, and comes with its last header.
    const size = left <= LARGE ? left : Math.min(left, asked);
    this.#window = await this.#source.read(offset, size, this.#options);
    this.#start = offset;
    this.#used = offset + length;
    this.#isFirst = false;
    return this.#window.subarray(0, length);
  }

  /** Whether large data lies before `offset`, and with it a new run begins. */
  #beginsRun(offset: number): boolean {
    if (offset - this.#used < LARGE) return false;
    this.#lastRun = this.#used - this.#runStart;
    this.#runStart = offset;
    return true;
  }

  /** Ends what it reads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream?.[Symbol.asyncDispose]();
  }
}
