import { type AddressFigures, type HedgeFigures, type StoreFigures, sumFigures } from "@lade/core/backend";
import type { TransportRequest, TransportResponse } from "./transport.ts";
import type { EndedBody, ObservedAddress, TransportObserver } from "./transport_observer.ts";

/** Counts what one address does. */
class AddressCount implements AddressFigures {
  readonly endpoint: string;
  readonly address: string;
  connections = 0;
  requests = 0;
  failed = 0;
  bytes = 0;
  avoided = false;
  #firstByteMs = 0;

  constructor(endpoint: string, address: string) {
    this.endpoint = endpoint;
    this.address = address;
  }

  get firstByteMs(): number {
    return this.requests === 0 ? 0 : this.#firstByteMs / this.requests;
  }

  answered(firstByteMs: number): void {
    this.requests++;
    this.#firstByteMs += firstByteMs;
  }
}

/** Counts what transports do: it observes them, and makes no object for an event. */
export class TransportFigures implements StoreFigures, TransportObserver {
  requests = 0;
  retries = 0;
  throttled = 0;
  bytesRead = 0;
  bytesWritten = 0;
  connections = 0;
  lanes = 0;
  leastAnswerMs: number | undefined;
  /** Those of the budget that grants them. */
  hedges: HedgeFigures = { issued: 0, won: 0 };
  readonly waitedMs = { connecting: 0, sending: 0, answers: 0, bytes: 0, reading: 0, writing: 0 };
  readonly #addresses = new Map<string, Map<string, AddressCount>>();

  /** What each address did. */
  get addresses(): readonly AddressFigures[] {
    return [...this.#addresses.values()].flatMap((addresses) => [...addresses.values()]);
  }

  /** All that is counted, as it is now. */
  toJSON(): StoreFigures {
    return sumFigures([this]);
  }

  /** Counts of one address; that of the endpoint where the address is not known. */
  #of(endpoint: string, address: string = new URL(endpoint).host): AddressCount {
    let addresses = this.#addresses.get(endpoint);
    if (!addresses) this.#addresses.set(endpoint, addresses = new Map());
    let count = addresses.get(address);
    if (!count) addresses.set(address, count = new AddressCount(endpoint, address));
    return count;
  }

  connected({ endpoint, remoteAddress }: ObservedAddress): void {
    this.connections++;
    this.#of(endpoint, remoteAddress).connections++;
  }

  broken({ endpoint, remoteAddress }: ObservedAddress): void {
    this.#of(endpoint, remoteAddress).failed++;
  }

  avoided({ endpoint, remoteAddress }: ObservedAddress, avoided: boolean): void {
    this.#of(endpoint, remoteAddress).avoided = avoided;
  }

  attemptStarted(): void {
    this.requests++;
  }

  hedged(): void {
    this.requests++;
  }

  responded(_request: TransportRequest, { connection, status, timings }: TransportResponse): void {
    const { attemptMs, connectedMs, firstByteMs, sentMs } = timings;
    const { waitedMs } = this;
    waitedMs.connecting += connectedMs - attemptMs;
    waitedMs.sending += sentMs - connectedMs;
    const answerMs = firstByteMs - sentMs;
    waitedMs.answers += answerMs;
    this.leastAnswerMs = Math.min(this.leastAnswerMs ?? Infinity, answerMs);
    if (status === 429 || status === 503) this.throttled++;
    const address = this.#of(connection.endpoint, connection.remoteAddress);
    address.answered(answerMs);
    if (status === 429 || status >= 500) address.failed++;
  }

  sent(_request: TransportRequest, bytes: number): void {
    this.bytesWritten += bytes;
  }

  received(_request: TransportRequest, bytes: number): void {
    this.bytesRead += bytes;
  }

  retrying(): void {
    this.retries++;
  }

  finished(_request: TransportRequest, _complete: boolean, body: EndedBody): void {
    this.waitedMs.bytes += body.waitedMs;
    const { endpoint, remoteAddress } = body.connection;
    this.#of(endpoint, remoteAddress).bytes += body.bytes;
  }
}

/** Tells two observers; the second need not listen to everything. */
export function bothObservers(
  first: Required<TransportObserver>,
  second: TransportObserver,
): Required<TransportObserver> {
  return {
    connected: (connection) => {
      first.connected(connection);
      second.connected?.(connection);
    },
    broken: (address) => {
      first.broken(address);
      second.broken?.(address);
    },
    avoided: (address, avoided) => {
      first.avoided(address, avoided);
      second.avoided?.(address, avoided);
    },
    attemptStarted: (request, attempt) => {
      first.attemptStarted(request, attempt);
      second.attemptStarted?.(request, attempt);
    },
    hedged: (request, attempt) => {
      first.hedged(request, attempt);
      second.hedged?.(request, attempt);
    },
    responded: (request, response) => {
      first.responded(request, response);
      second.responded?.(request, response);
    },
    sent: (request, bytes) => {
      first.sent(request, bytes);
      second.sent?.(request, bytes);
    },
    received: (request, bytes) => {
      first.received(request, bytes);
      second.received?.(request, bytes);
    },
    retrying: (request, retry) => {
      first.retrying(request, retry);
      second.retrying?.(request, retry);
    },
    finished: (request, complete, body) => {
      first.finished(request, complete, body);
      second.finished?.(request, complete, body);
    },
  };
}
