import type { StoreFigures } from "@lade/core/backend";
import { type Hedger, hedgerOf } from "./hedger.ts";
import { sendWithRetry } from "./send_with_retry.ts";
import { TcpCarrier } from "./tcp_carrier.ts";
import type { Transport, TransportRequest, TransportResponse } from "./transport.ts";
import { completeTransportOptions, type TransportConfig } from "./transport_config.ts";
import type { TransportOptions } from "./transport_options.ts";

/**
 * HTTP/1.1 over Deno's own sockets: the fastest way to read bytes into a buffer that is there already.
 *
 * Keeps connections alive in one pool per endpoint. Timeouts are checked four times a second. Needs permission to
 * reach the host; with permission for its addresses too, it spreads its connections over all of them.
 */
export class TcpTransport implements Transport {
  readonly #config: TransportConfig;
  readonly #carrier: TcpCarrier;
  readonly #hedger: Hedger | undefined;

  /** Opens no connection yet. */
  constructor(options: TransportOptions = {}) {
    this.#config = completeTransportOptions(options);
    this.#carrier = new TcpCarrier(this.#config);
    this.#hedger = hedgerOf(this.#config);
  }

  /** What it has done so far. */
  get figures(): StoreFigures {
    return this.#config.figures;
  }

  /** Sends a request; see {@linkcode Transport.send}. */
  send(request: TransportRequest): Promise<TransportResponse> {
    return sendWithRetry(request, this.#config, this.#carrier.attempt, this.#hedger);
  }

  /** Ends every request and closes every connection. */
  close(): Promise<void> {
    this.#hedger?.close();
    return this.#carrier.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Open connections, to all endpoints together. */
  get connections(): number {
    return this.#carrier.connections;
  }
}
