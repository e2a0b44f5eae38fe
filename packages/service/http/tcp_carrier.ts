import { startTicker } from "@lade/core/backend";
import { AddressBook } from "./address_book.ts";
import { isLiteral, isReachedBy } from "./address_source.ts";
import { Connection } from "./connection.ts";
import type { EndpointAddress } from "./endpoint_address.ts";
import { EndpointPool, type Opener } from "./endpoint_pool.ts";
import type { HttpResponse } from "./http_response.ts";
import { openSocket } from "./open_socket.ts";
import { Pace } from "./pace.ts";
import { type RequestTarget, TargetParser } from "./parse_target.ts";
import type { Attempt } from "./send_with_retry.ts";
import { TcpAttempt } from "./tcp_attempt.ts";
import type { TransportConfig } from "./transport_config.ts";
import { toTransportError, WireError } from "./wire_error.ts";

const TICK_MS = 250;

/** Makes single tries of requests, each over a connection of a pool for its endpoint. */
export class TcpCarrier {
  readonly #config: TransportConfig;
  readonly #targets = new TargetParser();
  readonly #pools = new Map<string, EndpointPool>();
  #stopTicker: (() => void) | undefined;
  #lastId = 0;
  #closed = false;

  /** Opens no connection yet. */
  constructor(config: TransportConfig) {
    this.#config = config;
  }

  /** Makes one try; see {@linkcode AttemptSender}. */
  readonly attempt = (attempt: Attempt): Promise<HttpResponse> => {
    const target = this.#targets.parse(attempt.url);
    if (this.#closed) {
      const error = new WireError("closed", "the transport was closed");
      throw toTransportError(error, attempt.request, target.endpoint, "none");
    }
    this.#stopTicker ??= startTicker(this.#config.clock, TICK_MS, this.#tick);
    return new TcpAttempt(attempt, target, this.#pool(target), this.#config).run();
  };

  /** Begins to open connections to an endpoint that a try went to, until there are so many. */
  openAhead(url: string, connections: number): void {
    const pool = this.#pools.get(this.#targets.parse(url).endpoint);
    if (!pool || this.#closed) return;
    this.#stopTicker ??= startTicker(this.#config.clock, TICK_MS, this.#tick);
    pool.openAhead(connections);
  }

  /** The number of the next connection, for one that is opened elsewhere too. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Ends every try and closes every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  /** Open connections, to all endpoints together. */
  get connections(): number {
    let count = 0;
    for (const pool of this.#pools.values()) count += pool.size;
    return count;
  }

  #pool(target: RequestTarget): EndpointPool {
    let pool = this.#pools.get(target.endpoint);
    if (!pool) {
      const { endpoint, hostname, port } = target;
      const { clock, endpointAddresses: given, observer, random, resolve } = this.#config;
      const observed = (address: EndpointAddress) => ({
        endpoint,
        remoteAddress: isLiteral(address.hostname) ? address.name : undefined,
      });
      const addresses = new AddressBook({
        ...{ hostname, port, clock, random, resolve, isAllowed: mayConnect },
        ...(given && isReachedBy(target, given) && { given: given.addresses }),
        onBroken: (address) => observer.broken?.(observed(address)),
        onAvoided: (address, avoided) => observer.avoided?.(observed(address), avoided),
      });
      const open: Opener = (signal, elsewhere) => this.#open(target, addresses, signal, elsewhere);
      pool = new EndpointPool(open, this.#config, addresses);
      this.#pools.set(target.endpoint, pool);
    }
    return pool;
  }

  async #open(
    target: RequestTarget,
    addresses: AddressBook,
    signal: AbortSignal,
    elsewhere: string | undefined,
  ): Promise<Connection> {
    const { caCerts, clock, limits, minBytesPerSecond, observer, stallTimeoutMs, verifyCertificates } =
      this.#config;
    const { endpoint, hostname, port, secure } = target;
    const socketTarget = { hostname, port, secure, caCerts, verify: verifyCertificates };
    const { address, socket } = await openSocket(socketTarget, addresses, clock, signal, elsewhere)
      .catch((error) => Promise.reject(addresses.describe(error)));
    const pace = new Pace(4 * stallTimeoutMs, minBytesPerSecond);
    const connection = new Connection(socket, { id: this.nextId(), endpoint, address, clock, limits, pace });
    const { id, remoteAddress } = connection;
    observer.connected?.({ id, endpoint, remoteAddress, reused: false });
    return connection;
  }

  readonly #tick = (): void => {
    const now = this.#config.clock.monotonicMs();
    let busy = false;
    for (const pool of this.#pools.values()) {
      pool.sweep(now);
      busy ||= pool.size > 0;
    }
    if (busy) return;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  };
}

function mayConnect(address: string, port: number): boolean {
  const host = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return Deno.permissions.querySync({ name: "net", host }).state === "granted";
}
