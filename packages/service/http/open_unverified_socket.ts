import type { TLSSocket } from "node:tls";
import type { AddressBook } from "./address_book.ts";
import type { Socket } from "./connection.ts";
import { describeConnectError } from "./describe_connect_error.ts";
import type { EndpointAddress } from "./endpoint_address.ts";
import type { OpenedSocket, SocketTarget } from "./socket_target.ts";

// So much is handed over at a time, or a slow line would show no progress for long.
const WRITE_BYTES = 2 ** 17;

/**
 * Opens a socket to the first of `order` that can be reached, and speaks TLS over it without a look at the server's
 * certificate: by `node:tls`, since Deno's own sockets always verify. Rejects with `signal.reason` or a `WireError`;
 * `onConnected` is called when TLS begins.
 */
export async function openUnverifiedSocket(
  { hostname }: Pick<SocketTarget, "hostname">,
  order: readonly EndpointAddress[],
  addresses: AddressBook,
  signal: AbortSignal,
  onConnected: (address: EndpointAddress) => void = () => {},
): Promise<OpenedSocket> {
  const { connect } = await import("node:tls");
  const servername = /^[\d.]+$|:/.test(hostname) ? "" : hostname;
  let failure: unknown;
  for (const address of order) {
    signal.throwIfAborted();
    const { hostname: host, port } = address;
    const tls = connect({ host, port, servername, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    let connected = false;
    tls.once("connect", () => {
      connected = true;
      onConnected(address);
    });
    try {
      await secured(tls, signal);
      addresses.report(address, true);
      return { address, socket: new NodeSocket(tls) };
    } catch (error) {
      tls.destroy();
      signal.throwIfAborted();
      addresses.report(address, false);
      failure = describeConnectError(error, connected);
    }
  }
  throw failure;
}

function secured(tls: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = (run: () => void) => {
      signal.removeEventListener("abort", onAbort);
      run();
    };
    tls.once("secureConnect", () => settle(resolve));
    tls.once("error", (error) => settle(() => reject(toDeno(error))));
    tls.once("close", () => settle(() => reject(new Deno.errors.UnexpectedEof("closed in the handshake"))));
  });
}

/** A socket of Node as a connection uses one of Deno. */
class NodeSocket implements Socket {
  readonly remoteAddr: Deno.Addr;
  readonly #tls: TLSSocket;
  #held: Uint8Array | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(tls: TLSSocket) {
    this.#tls = tls;
    this.remoteAddr = {
      transport: "tcp",
      hostname: tls.remoteAddress ?? "",
      port: tls.remotePort ?? 0,
    };
    tls.setNoDelay(true);
    tls.on("readable", () => this.#wake?.());
    tls.on("end", () => this.#end());
    tls.on("close", () => this.#end());
    tls.on("error", (error) => {
      this.#failure ??= { error: toDeno(error) };
      this.#wake?.();
    });
  }

  async read(target: Uint8Array): Promise<number | null> {
    for (;;) {
      const piece: Uint8Array | null = this.#held ?? this.#tls.read();
      if (piece) {
        const count = Math.min(piece.length, target.length);
        target.set(piece.subarray(0, count));
        this.#held = count < piece.length ? piece.subarray(count) : undefined;
        return count;
      }
      if (this.#failure) throw this.#failure.error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    const piece = bytes.subarray(0, WRITE_BYTES);
    return new Promise((resolve, reject) => {
      this.#tls.write(piece, (error) => error ? reject(toDeno(error)) : resolve(piece.length));
    });
  }

  close(): void {
    this.#failure ??= { error: new Deno.errors.BadResource("the socket was closed") };
    this.#wake?.();
    this.#tls.destroy();
  }

  ref(): void {
    this.#tls.ref();
  }

  unref(): void {
    this.#tls.unref();
  }

  #end(): void {
    this.#ended = true;
    this.#wake?.();
  }
}

/** The error of Deno's own sockets for one of Node's. */
function toDeno(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const { message } = error as Error;
  const cause = { cause: error };
  if (code === "ECONNREFUSED") return new Deno.errors.ConnectionRefused(message, cause);
  if (code === "ECONNRESET") return new Deno.errors.ConnectionReset(message, cause);
  if (code === "ETIMEDOUT") return new Deno.errors.TimedOut(message, cause);
  if (code === "EPIPE") return new Deno.errors.BrokenPipe(message, cause);
  return error;
}
