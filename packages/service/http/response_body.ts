import type { Arrivals, BodySource, Pour } from "@lade/core/backend";
import type { ResponseBody } from "./transport.ts";
import { TransportError, type TransportErrorKind } from "./transport_error.ts";

/** Options of {@linkcode createResponseBody}. */
export interface ResponseBodyOptions {
  /** Bytes in all, where known. */
  readonly length?: number | undefined;
  /** Scheme, host and port, for messages. */
  readonly endpoint: string;
}

/** Makes a {@linkcode ResponseBody} of a source of bytes, with everything that follows from reading. */
export function createResponseBody(source: BodySource, options: ResponseBodyOptions): ResponseBody {
  return new SourceBody(source, options);
}

const FIRST_SIZE = 2 ** 14;
const SHORT_REST = 2 ** 16;
const NOTHING = new Uint8Array(0);

class SourceBody implements ResponseBody {
  readonly length: number | undefined;
  readonly #source: BodySource;
  readonly #endpoint: string;
  #peeked: Uint8Array = NOTHING;

  constructor(source: BodySource, options: ResponseBodyOptions) {
    this.#source = source;
    this.#endpoint = options.endpoint;
    this.length = options.length;
  }

  read(target: Uint8Array, atLeast = 1): number | Promise<number> {
    if (this.#peeked.length === 0) return this.#source.read(target, atLeast);
    const count = Math.min(target.length, this.#peeked.length);
    target.set(this.#peeked.subarray(0, count));
    this.#peeked = this.#peeked.subarray(count);
    return count;
  }

  /** That of the source, where nothing was peeked at. */
  get pour(): Pour | undefined {
    const { pour } = this.#source;
    return this.#peeked.length === 0 ? pour?.bind(this.#source) : undefined;
  }

  arrivals(): Arrivals | undefined {
    return this.#source.arrivals?.();
  }

  async peek(limit: number): Promise<Uint8Array> {
    if (this.#peeked.length >= limit) return this.#peeked.subarray(0, limit);
    const bytes = new Uint8Array(limit);
    bytes.set(this.#peeked);
    let length = this.#peeked.length;
    while (length < limit) {
      const count = await this.#source.read(bytes.subarray(length));
      if (count === 0) break;
      length += count;
    }
    return this.#peeked = bytes.subarray(0, length);
  }

  async bytes(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    // One byte more than is expected shows the end, or that there is more.
    let bytes = new Uint8Array(Math.min(limit, this.length ?? FIRST_SIZE) + 1);
    for (let length = 0;;) {
      const count = await this.read(bytes.subarray(length));
      if (count === 0) return bytes.subarray(0, length);
      length += count;
      if (length > limit) {
        throw await this.#refuse("too-large", `the body has more than the ${limit} bytes allowed`);
      }
      if (length === bytes.length) {
        const grown = new Uint8Array(Math.min(limit, length * 2) + 1);
        grown.set(bytes);
        bytes = grown;
      }
    }
  }

  async text(limit: number): Promise<string> {
    return new TextDecoder().decode(await this.bytes(limit));
  }

  close(complete: boolean, reason?: unknown): void | Promise<void> {
    if (complete && this.#peeked.length > 0) {
      return this.#refuse("protocol", "the body is longer than expected").then((error) =>
        Promise.reject(error)
      );
    }
    this.#peeked = NOTHING;
    return this.#source.close(complete, reason);
  }

  async discard(): Promise<void> {
    try {
      const scratch = new Uint8Array(2 ** 13);
      for (let total = 0; total < SHORT_REST;) {
        const count = await this.read(scratch);
        if (count === 0) return;
        total += count;
      }
    } catch {
      // What is thrown away need not be whole.
    }
    await this.cancel();
  }

  async cancel(reason?: unknown): Promise<void> {
    try {
      await this.close(false, reason);
    } catch {
      // Nobody reads on, so nobody is misled.
    }
  }

  async #refuse(kind: TransportErrorKind, detail: string): Promise<TransportError> {
    const error = new TransportError({ kind, detail, endpoint: this.#endpoint, sent: "all" });
    await this.cancel(error);
    return error;
  }
}
