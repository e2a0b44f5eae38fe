import type { Socket } from "node:net";
import { unsentBytes } from "./unsent_bytes.ts";

/** Bytes held unread before the peer is made to wait. */
const HIGH_WATER = 256 * 1024;

/** Thrown when the connection is gone. */
export class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
}

/**
 * One end of a TCP or TLS connection, read and written by promises, and cut off in the way a fault
 * asks for.
 */
export class SocketStream {
  readonly #socket: Socket;
  readonly #queue: Uint8Array[] = [];
  #queued = 0;
  #ended = false;
  #discarding = false;
  #wasReset = false;
  #wake: () => void = () => {};

  /** Settles when the connection is gone, or the peer has ended its side. */
  readonly gone: Promise<void>;
  /** Settles when the socket is closed on this side. */
  readonly closed: Promise<void>;

  /** Takes over the socket: nothing else may listen to it. */
  constructor(socket: Socket) {
    this.#socket = socket;
    const gone = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    this.gone = gone.promise;
    this.closed = closed.promise;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Uint8Array) => this.#receive(bytes));
    // A reset or a failed write also emits "close"; without a listener it would be thrown.
    socket.on("error", (error) => {
      this.#wasReset ||= "code" in error && error.code === "ECONNRESET";
    });
    socket.on("end", () => {
      this.#ended = true;
      gone.resolve();
      this.#wake();
    });
    socket.on("close", () => {
      this.#ended = true;
      gone.resolve();
      closed.resolve();
      this.#wake();
    });
  }

  /** Whether the peer broke the connection off by a reset. */
  get wasReset(): boolean {
    return this.#wasReset;
  }

  /** The next bytes received, or null when the peer has ended its side or is gone. */
  async read(): Promise<Uint8Array | null> {
    while (true) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#queued -= chunk.length;
        if (this.#queued < HIGH_WATER) this.#socket.resume();
        return chunk;
      }
      if (this.#ended) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  /** Writes all bytes; resolves when the system has them. The caller may reuse the buffer afterwards. */
  write(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const lost = () => reject(new ConnectionClosedError("Cannot write: the connection is closed"));
    if (this.#socket.destroyed) {
      lost();
    } else {
      // A write that is pending when the socket is destroyed gets an error here.
      this.#socket.write(
        bytes,
        (error?: Error | null) => error === undefined || error === null ? resolve() : lost(),
      );
    }
    return promise;
  }

  /** Ends this side after what was written; what still comes in is read. */
  end(): void {
    this.#socket.end();
  }

  /** Ends this side after what was written; what still comes in is thrown away until the peer ends too. */
  finish(): void {
    if (this.#discarding || this.#socket.destroyed) return;
    this.#discarding = true;
    this.#queue.length = 0;
    this.#socket.resume();
    this.#socket.end();
    this.gone.then(() => this.#socket.destroySoon());
  }

  /**
   * Breaks the connection with a TCP reset, under TLS without a close notification, once the peer's system
   * has what was written.
   */
  async reset(): Promise<void> {
    const { localPort = 0, remotePort = 0 } = this.#socket;
    // A reset throws away what is still on its way, so that the peer would see less than was written.
    while (!this.#socket.destroyed && (unsentBytes(localPort, remotePort) ?? 0) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    this.#socket.resetAndDestroy();
  }

  /** Closes immediately. */
  destroy(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#discarding) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (this.#queued >= HIGH_WATER) this.#socket.pause();
    this.#wake();
  }
}
