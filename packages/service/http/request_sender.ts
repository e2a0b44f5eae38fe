import type { Bandwidth } from "@lade/core/backend";
import type { Connection } from "./connection.ts";
import type { RequestPayload } from "./request_payload.ts";
import type { SentState } from "./transport_error.ts";
import { WireError } from "./wire_error.ts";

/** What a {@linkcode RequestSender} needs to know. */
export interface SendingConfig {
  readonly stallMs: number;
  readonly firstByteMs: number;
  /** Called with body bytes that were handed to the network. */
  readonly onSent: ((bytes: number) => void) | undefined;
  /** Bounds how fast the body is sent. */
  readonly bandwidth: Bandwidth | undefined;
}

// Heads and bodies up to this go out in one write, which costs a copy and saves a segment.
const ONE_WRITE = 2 ** 15;

/** Sends one request over a connection, while somebody else already reads the answer. */
export class RequestSender {
  /** Settles when nothing of the request is in use any more; never rejects. */
  readonly settled: Promise<void>;
  readonly #connection: Connection;
  readonly #payload: RequestPayload;
  readonly #config: SendingConfig;
  #sentBytes = 0;
  readonly #headLength: number;
  #stopped = false;
  /** Ends the wait for bandwidth. */
  #waiting: AbortController | undefined;
  #failure: { readonly error: unknown } | undefined;
  #sentMs: number | undefined;

  /** Begins to send. The body waits for `gate`, which gives whether to send it at all. */
  constructor(
    connection: Connection,
    head: Uint8Array<ArrayBuffer>,
    payload: RequestPayload,
    config: SendingConfig,
    gate?: Promise<boolean>,
  ) {
    this.#connection = connection;
    this.#payload = payload;
    this.#config = config;
    this.#headLength = head.length;
    this.settled = this.#run(head, gate);
  }

  /** How much was handed to the network. */
  get sent(): SentState {
    if (this.#sentBytes === this.#headLength + this.#payload.length) return "all";
    return this.#sentBytes === 0 ? "none" : "partial";
  }

  /** When all was handed to the network, as long as that was waited for. */
  get sentMs(): number | undefined {
    return this.#sentMs;
  }

  /** Why sending ended early, other than by {@linkcode stop}. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Sends no more than what is being written now. */
  stop(): void {
    this.#stopped = true;
    this.#waiting?.abort();
  }

  async #run(head: Uint8Array<ArrayBuffer>, gate: Promise<boolean> | undefined): Promise<void> {
    const { firstByteMs } = this.#config;
    this.#connection.beginBody();
    try {
      await this.#sendAll(head, gate);
      if (!this.#stopped) this.#sentMs = this.#connection.expect("first-byte-timeout", firstByteMs);
    } catch (error) {
      this.#failure = { error };
      // A broken connection may still hold an answer. A broken source of the body ends everything, unless it breaks
      // only after the answer, when the connection may serve somebody else.
      if (!(error instanceof WireError) && !this.#stopped) this.#connection.kill(error);
    }
  }

  #sendAll(head: Uint8Array<ArrayBuffer>, gate: Promise<boolean> | undefined): Promise<void> {
    const { length, parts, present } = this.#payload;
    if (!present) return this.#write(head);
    const [only] = parts;
    const isShort = !gate && parts.length === 1 && head.length + length <= ONE_WRITE &&
      !this.#config.bandwidth;
    return only && isShort ? this.#write(join(head, only)) : this.#sendInSteps(head, gate);
  }

  async #sendInSteps(
    head: Uint8Array<ArrayBuffer>,
    gate: Promise<boolean> | undefined,
  ): Promise<void> {
    const { length, parts } = this.#payload;
    await this.#write(head);
    if (gate && !await gate) return this.stop();
    for (const part of parts) {
      if (this.#stopped) return;
      await this.#writeBody(part);
    }
    const chunks = this.#payload.takeChunks();
    if (chunks) await this.#sendChunks(chunks, length);
  }

  async #sendChunks(chunks: AsyncIterable<Uint8Array>, length: number): Promise<void> {
    let left = length;
    const iterator = chunks[Symbol.asyncIterator]();
    let ended = false;
    try {
      while (!this.#stopped && left >= 0) {
        // The source may take its time, and may never end once nobody wants the request any more.
        this.#connection.expectNothing();
        const next = await this.#connection.whileAlive(iterator.next());
        if (next.done) {
          ended = true;
          break;
        }
        left -= next.value.length;
        if (left >= 0) await this.#writeBody(next.value);
      }
    } finally {
      if (!ended) iterator.return?.().catch(() => {});
    }
    if (left === 0 || this.#stopped) return;
    throw new TypeError(
      `Cannot send a body of ${length} bytes: its chunks have ${left < 0 ? "more" : `only ${length - left}`}`,
    );
  }

  /** Sends bytes of the body, in pieces where something bounds how fast. Nothing is expected of the other side meanwhile. */
  async #writeBody(bytes: Uint8Array): Promise<void> {
    const { bandwidth } = this.#config;
    if (!bandwidth) return await this.#write(bytes);
    for (let at = 0; at < bytes.length && !this.#stopped;) {
      const piece = bytes.subarray(at, at + bandwidth.piece("up"));
      this.#connection.expectNothing();
      await this.#waitFor(bandwidth, piece.length);
      if (!this.#stopped) await this.#write(piece);
      at += piece.length;
    }
  }

  async #waitFor(bandwidth: Bandwidth, bytes: number): Promise<void> {
    const waiting = this.#waiting = new AbortController();
    const turn = bandwidth.take("up", bytes, waiting.signal);
    if (!turn) return;
    turn.catch(() => {});
    try {
      await this.#connection.whileAlive(turn);
    } catch (error) {
      waiting.abort();
      if (!this.#stopped) throw error;
    }
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#connection.expect("stall", this.#config.stallMs);
    return this.#connection.write(bytes, this.#onProgress);
  }

  readonly #onProgress = (count: number): void => {
    const before = this.#sentBytes;
    this.#sentBytes += count;
    const nowMs = this.#connection.expect("stall", this.#config.stallMs);
    this.#connection.moved(count, nowMs);
    if (!this.#config.onSent || this.#payload.length === 0) return;
    const body = this.#sentBytes - Math.max(before, this.#headLength);
    if (body > 0) this.#config.onSent(body);
  };
}

function join(head: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}
