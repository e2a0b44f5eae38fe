import type { HedgeBudget } from "@lade/core/concurrency";
import type { StoreFigures } from "@lade/core/backend";
import { parseTarget } from "./parse_target.ts";
import type { BulkCarrier, Transport, TransportRequest, TransportResponse } from "./transport.ts";
import { toTransportError, WireError } from "./wire_error.ts";

/** A share in a transport: closing it ends what is sent by it later, and leaves the transport to the others. */
export class TransportShare implements Transport {
  readonly #transport: Transport;
  #closed = false;

  /** Sends by `transport`. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** What the transport has done so far, for all that have a share in it. */
  get figures(): StoreFigures | undefined {
    return this.#transport.figures;
  }

  /** Bounds what is asked for a second time. */
  get hedges(): HedgeBudget | undefined {
    return this.#transport.hedges;
  }

  /** Sends a request; see {@linkcode Transport.send}. */
  send(request: TransportRequest): Promise<TransportResponse> {
    if (!this.#closed) return this.#transport.send(request);
    const { endpoint } = parseTarget(request.url);
    const error = new WireError("closed", "the transport was closed");
    return Promise.reject(toTransportError(error, request, endpoint, "none"));
  }

  /** That of the transport. */
  get bulk(): BulkCarrier | undefined {
    return this.#closed ? undefined : this.#transport.bulk;
  }

  /** The same as {@linkcode Transport.openAhead}. */
  openAhead(url: string, connections: number): void {
    if (!this.#closed) this.#transport.openAhead?.(url, connections);
  }

  /** Ends later requests; those in flight go on. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
