import { needDeno } from "./need_deno.ts";

/** One connection as the scripted server sees it. */
export class Peer {
  /** Number of the connection, from 1. */
  readonly number: number;
  readonly #socket: Deno.Conn;
  #held: Uint8Array = new Uint8Array(0);

  /** Made by a {@linkcode RawServer}. */
  constructor(socket: Deno.Conn, number: number) {
    this.#socket = socket;
    this.number = number;
  }

  /** The next request's head, without its empty line; `undefined` when the client has closed. */
  async head(): Promise<string | undefined> {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#held);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#held = this.#held.subarray(end + 4);
        return text.slice(0, end);
      }
      if (!await this.#fill()) return undefined;
    }
  }

  /** The next `count` bytes; fewer when the client closes before. */
  async bytes(count: number): Promise<Uint8Array> {
    while (this.#held.length < count && await this.#fill());
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return bytes;
  }

  /** Whatever comes until the client closes. */
  async rest(): Promise<Uint8Array> {
    while (await this.#fill());
    return this.#held;
  }

  /** Sends bytes, or text of one byte for each character. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === "string" ? latin1(data) : data;
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  /** Sends a whole answer. */
  answer(body: string | Uint8Array = "", status = "200 OK", headers = ""): Promise<void> {
    const bytes = typeof body === "string" ? latin1(body) : body;
    const head = latin1(`HTTP/1.1 ${status}\r\n${headers}Content-Length: ${bytes.length}\r\n\r\n`);
    const whole = new Uint8Array(head.length + bytes.length);
    whole.set(head);
    whole.set(bytes, head.length);
    return this.send(whole);
  }

  /** Closes the connection; a second call does nothing. */
  close(): void {
    try {
      this.#socket.close();
    } catch {
      // Closed before.
    }
  }

  async #fill(): Promise<boolean> {
    const piece = new Uint8Array(65_536);
    const count = await this.#socket.read(piece).catch(() => null);
    if (count === null) return false;
    const joined = new Uint8Array(this.#held.length + count);
    joined.set(this.#held);
    joined.set(piece.subarray(0, count), this.#held.length);
    this.#held = joined;
    return true;
  }
}

/**
 * Speaks bytes, not HTTP: `script` runs for each connection, which is closed when it ends. It is for Deno, whose sockets it
 * has: elsewhere it is an `UnsupportedError`.
 */
export class RawServer implements AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  /** The port, which the system chose. */
  readonly port: number;
  /** Connections so far. */
  connections = 0;
  readonly #listener: Deno.Listener;
  readonly #peers = new Set<Peer>();
  readonly #scripts = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #accepting: Promise<void>;

  /** Listens; with a certificate and its key it speaks TLS. */
  constructor(script: (peer: Peer) => Promise<void>, tls?: { readonly cert: string; readonly key: string }) {
    needDeno("RawServer");
    const address = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls ? Deno.listenTls({ ...address, ...tls }) : Deno.listen(address);
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.url = `${tls ? "https://localhost" : "http://127.0.0.1"}:${this.port}`;
    this.#accepting = this.#accept(script);
  }

  /** Closes everything, and throws what a script threw other than for a closed connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const peer of this.#peers) peer.close();
    await Promise.all([this.#accepting, ...this.#scripts]);
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  async #accept(script: (peer: Peer) => Promise<void>): Promise<void> {
    try {
      for (;;) {
        const peer = new Peer(await this.#listener.accept(), ++this.connections);
        const running = this.#run(peer, script).finally(() => this.#scripts.delete(running));
        this.#scripts.add(running);
      }
    } catch {
      // The listener was closed.
    }
  }

  async #run(peer: Peer, script: (peer: Peer) => Promise<void>): Promise<void> {
    this.#peers.add(peer);
    try {
      await script(peer);
    } catch (error) {
      if (!isOfClosed(error)) this.#failures.push(error);
    }
    this.#peers.delete(peer);
    peer.close();
  }
}

/** Whether an error says no more than that a connection is closed. */
function isOfClosed(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted, InvalidData, NotConnected, UnexpectedEof } =
    Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, Interrupted, InvalidData, NotConnected, UnexpectedEof]
    .some((kind) => error instanceof kind);
}

/** One byte for each character. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** After so long a condition is taken for one that never holds: on a busy machine, too, tests wait far shorter. */
const LONGEST_WAIT_MS = 60_000;

/** Lets the event loop turn, once and then until `condition` holds; throws where it does not within a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const beganMs = performance.now();
  do {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (performance.now() - beganMs < LONGEST_WAIT_MS || condition()) continue;
    throw new Error(`It was waited in vain for a minute until ${condition}`);
  } while (!condition());
}
