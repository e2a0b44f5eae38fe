import type { Bandwidth, BodySource } from "@lade/core/backend";
import type { BodyOwner } from "./framed_body.ts";
import { WireError } from "./wire_error.ts";

/** The body of an answer to `fetch`, copied into the reader's buffers. */
export class FetchBody implements BodySource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #owner: FetchBodyOwner;
  readonly #length: number | undefined;
  readonly #slowly: Slowly;
  #received = 0;
  #held: Uint8Array | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    stream: ReadableStream<Uint8Array> | null,
    length: number | undefined,
    owner: FetchBodyOwner,
    slowly: Slowly,
  ) {
    this.#reader = stream?.getReader();
    this.#length = length;
    this.#owner = owner;
    this.#slowly = slowly;
  }

  /** Ends a body of no bytes, which nobody may read. */
  begin(): void {
    if (!this.#reader) this.#end();
    else if (this.#length === 0) this.read(new Uint8Array(1)).catch(() => {});
  }

  async read(target: Uint8Array): Promise<number> {
    if (this.#failure) throw this.#failure.error;
    if (this.#ended) return 0;
    try {
      this.#held ??= await this.#next();
      if (this.#held === undefined) {
        this.#end();
        return 0;
      }
      const { bandwidth, signal } = this.#slowly;
      const count = Math.min(target.length, this.#held.length, bandwidth?.piece("down") ?? Infinity);
      await bandwidth?.take("down", count, signal);
      this.#throwIfFailed();
      target.set(this.#held.subarray(0, count));
      this.#held = count === this.#held.length ? undefined : this.#held.subarray(count);
      this.#owner.received(count);
      // The stream ends by itself behind its last byte, but the turn is given back as soon as that was taken.
      if (this.#received === this.#length && !this.#held) this.#end();
      return count;
    } catch (error) {
      throw this.#fail(this.#owner.describe(error));
    }
  }

  async close(complete: boolean, reason?: unknown): Promise<void> {
    if (!complete) return this.abort(reason ?? new DOMException("The body was cancelled", "AbortError"));
    if (!this.#ended && await this.read(new Uint8Array(1)) > 0) {
      this.#fail(this.#owner.describe(new WireError("protocol", "the body is longer than expected")));
    }
    if (this.#failure) throw this.#failure.error;
  }

  /** Gives up: later reads reject with `reason`. */
  abort(reason: unknown): void {
    if (!this.#ended) this.#fail(reason);
  }

  async #next(): Promise<Uint8Array | undefined> {
    for (;;) {
      this.#owner.expectBytes();
      const { value } = await this.#reader?.read() ?? {};
      this.#owner.expectNothing();
      if (value?.length === 0) continue;
      this.#received += value?.length ?? 0;
      if (this.#length !== undefined && this.#received > this.#length) {
        throw new WireError("protocol", "the body is longer than it was said to be");
      }
      if (value === undefined && this.#length !== undefined && this.#received < this.#length) {
        const missing = this.#length - this.#received;
        throw new WireError(
          "closed-early",
          `the connection was closed ${missing} bytes before the body's end`,
        );
      }
      return value;
    }
  }

  #throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // Lets the platform see the end, which keeps its connection.
    this.#reader?.read().catch(() => {});
    this.#owner.release(true);
  }

  #fail(error: unknown): unknown {
    if (this.#failure) return this.#failure.error;
    this.#failure = { error };
    if (!this.#ended) {
      this.#ended = true;
      this.#reader?.cancel(error).catch(() => {});
      this.#owner.cancelled(error);
      this.#owner.release(false);
    }
    return error;
  }
}

/** How fast a {@linkcode FetchBody} is read. */
export interface Slowly {
  /** Bounds it. */
  readonly bandwidth: Bandwidth | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Whom a {@linkcode FetchBody} belongs to. */
export interface FetchBodyOwner extends BodyOwner {
  /** A read waits for the network from now on. */
  expectBytes(): void;
  /** Nothing is waited for. */
  expectNothing(): void;
  /** The reader gave up. */
  cancelled(reason: unknown): void;
}
