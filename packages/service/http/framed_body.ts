import type { Arrivals, Bandwidth, BodySource } from "@lade/core/backend";
import type { BodyFraming } from "./body_framing.ts";
import { ChunkDecoder } from "./chunk_decoder.ts";
import type { Connection } from "./connection.ts";
import type { ResponseLimits } from "./response_limits.ts";
import { WireError } from "./wire_error.ts";

/** Whom a {@linkcode FramedBody} belongs to. */
export interface BodyOwner {
  /** Makes of what went wrong on the connection what the reader is to see. */
  describe(error: unknown): unknown;
  /** Called once: the body ended, and the connection is no longer needed. */
  release(complete: boolean): void;
  /** Called for every piece of the body. */
  received(bytes: number): void;
}

/** What a {@linkcode FramedBody} needs to know. */
export interface FramedBodyConfig {
  readonly framing: BodyFraming;
  readonly limits: ResponseLimits;
  readonly stallMs: number;
  /** Bounds how fast it is read. */
  readonly bandwidth: Bandwidth | undefined;
}

/** The body of an answer on a connection, freed of its framing. */
export class FramedBody implements BodySource {
  readonly #connection: Connection;
  readonly #owner: BodyOwner;
  readonly #config: FramedBodyConfig;
  readonly #chunks: ChunkDecoder | undefined;
  #remaining: number;
  #bytes = 0;
  #waitedMs = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  /** Ends the wait for bandwidth. */
  #waiting: AbortController | undefined;

  /** Begins at the first byte after the head. */
  constructor(connection: Connection, owner: BodyOwner, config: FramedBodyConfig) {
    const { kind, length } = config.framing;
    this.#connection = connection;
    this.#owner = owner;
    this.#config = config;
    this.#chunks = kind === "chunked" ? new ChunkDecoder(config.limits) : undefined;
    this.#remaining = kind === "until-close" ? Infinity : Math.max(0, length);
    connection.beginBody();
  }

  /** Ends a body of no bytes, which nobody may read. */
  begin(): void {
    if (this.#remaining === 0 && !this.#chunks) this.#end();
  }

  read(target: Uint8Array, atLeast = 1): number | Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#ended) return 0;
    const { bandwidth } = this.#config;
    if (bandwidth) return this.#readSlowly(bandwidth, target, atLeast);
    if (this.#chunks || this.#connection.held === 0) return this.#await(target, atLeast);
    try {
      const count = this.#receiveBuffered(target);
      this.#note(count);
      return count;
    } catch (error) {
      return Promise.reject(this.#fail(this.#owner.describe(error)));
    }
  }

  arrivals(): Arrivals {
    if (this.#ended) return { bytes: this.#bytes, waitedMs: this.#waitedMs };
    const { arriving, waitingMs } = this.#connection;
    return { bytes: this.#bytes + (this.#chunks ? 0 : arriving), waitedMs: waitingMs };
  }

  /** Reads what is not there yet. */
  async #await(target: Uint8Array, atLeast: number): Promise<number> {
    try {
      const count = await this.#receive(target, atLeast);
      this.#note(count);
      return count;
    } catch (error) {
      throw this.#fail(this.#owner.describe(error));
    }
  }

  /** Reads a piece, and holds it back for as long as it may take. Meanwhile nothing is expected of the other side. */
  async #readSlowly(bandwidth: Bandwidth, target: Uint8Array, atLeast: number): Promise<number> {
    const most = bandwidth.piece("down");
    const piece = target.length > most ? target.subarray(0, most) : target;
    try {
      const count = !this.#chunks && this.#connection.held > 0
        ? this.#receiveBuffered(piece)
        : await this.#receive(piece, Math.min(atLeast, piece.length));
      if (count > 0) {
        this.#waiting = new AbortController();
        await bandwidth.take("down", count, this.#waiting.signal);
        this.#throwIfFailed();
      }
      this.#note(count);
      return count;
    } catch (error) {
      throw this.#fail(this.#owner.describe(error));
    }
  }

  #receiveBuffered(target: Uint8Array): number {
    const count = this.#takeBuffered(this.#roomIn(target));
    this.#remaining -= count;
    return count;
  }

  async #receive(target: Uint8Array, atLeast: number): Promise<number> {
    this.#connection.expect("stall", this.#config.stallMs);
    const count = this.#chunks
      ? await this.#readChunked(this.#chunks, target)
      : await this.#readPlain(target, atLeast);
    // What came before the end is given out; the next read says why it ended.
    if (count === 0) this.#throwIfFailed();
    this.#connection.expectNothing();
    return count;
  }

  #note(count: number): void {
    this.#bytes += count;
    if (count > 0) this.#owner.received(count);
    if (!this.#ended && this.#isOver(count)) this.#end();
  }

  close(complete: boolean, reason?: unknown): void | Promise<void> {
    if (!complete) return this.abort(reason ?? new DOMException("The body was cancelled", "AbortError"));
    if (!this.#ended || this.#failure) return this.#closeAtEnd();
  }

  async #closeAtEnd(): Promise<void> {
    if (!this.#ended) {
      // The end of a body of unknown length shows only behind its last byte.
      const more = this.#config.framing.kind === "length" || await this.read(new Uint8Array(1)) > 0;
      if (more) {
        this.#fail(this.#owner.describe(new WireError("protocol", "the body is longer than expected")));
      }
    }
    this.#throwIfFailed();
  }

  /** Gives up: later reads reject with `reason`. */
  abort(reason: unknown): void {
    if (!this.#ended) this.#fail(reason);
  }

  async #readPlain(target: Uint8Array, atLeast: number): Promise<number> {
    const room = this.#roomIn(target);
    const count = await this.#connection.read(room, Math.min(atLeast, room.length));
    if (count === 0 && this.#remaining !== Infinity) {
      throw new WireError(
        "closed-early",
        `the connection was closed ${this.#remaining} bytes before the body's end`,
      );
    }
    this.#remaining -= count;
    return count;
  }

  /** As much of `target` as the body has bytes left. */
  #roomIn(target: Uint8Array): Uint8Array {
    return target.length > this.#remaining ? target.subarray(0, this.#remaining) : target;
  }

  async #readChunked(chunks: ChunkDecoder, target: Uint8Array): Promise<number> {
    while (chunks.remaining === 0) {
      this.#connection.take(chunks.advance(this.#connection.buffered));
      if (chunks.done) return 0;
      if (chunks.remaining === 0) await this.#fillWithin("chunked framing");
    }
    const room = target.length > chunks.remaining ? target.subarray(0, chunks.remaining) : target;
    let count = this.#takeBuffered(room);
    if (count === 0 && room.length < SHORT_READ) {
      await this.#fillWithin("a chunk");
      count = this.#takeBuffered(room);
    } else if (count === 0) {
      count = await this.#connection.read(room);
      if (count === 0) throw closedWithin("a chunk");
    }
    chunks.take(count);
    return count;
  }

  async #fillWithin(part: string): Promise<void> {
    if (!await this.#connection.fill()) throw closedWithin(part);
  }

  #takeBuffered(target: Uint8Array): number {
    const { buffered } = this.#connection;
    if (buffered.length === 0) return 0;
    const count = Math.min(buffered.length, target.length);
    target.set(count === buffered.length ? buffered : buffered.subarray(0, count));
    this.#connection.take(count);
    this.#connection.moved(count);
    return count;
  }

  #throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #isOver(count: number): boolean {
    if (this.#chunks) return this.#chunks.done;
    return this.#remaining === 0 || (this.#remaining === Infinity && count === 0);
  }

  #end(): void {
    this.#ended = true;
    this.#waitedMs = this.#connection.waitingMs;
    const keepAlive = this.#config.framing.keepAlive && this.#connection.held === 0;
    if (!keepAlive) this.#connection.kill(new WireError("closed", "the answer is over"));
    this.#owner.release(true);
  }

  #fail(error: unknown): unknown {
    if (this.#ended) return this.#failure?.error ?? error;
    this.#ended = true;
    this.#waitedMs = this.#connection.waitingMs;
    this.#failure = { error };
    this.#waiting?.abort(error);
    this.#connection.kill(error);
    this.#owner.release(false);
    return error;
  }
}

// Short chunks, and the ends of long ones, are read together with the framing behind them.
const SHORT_READ = 2 ** 13;

function closedWithin(part: string): WireError {
  return new WireError("closed-early", `the connection was closed within ${part} of the body`);
}
