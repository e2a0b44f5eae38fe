import { type StoreFigures, systemClock } from "@lade/core/backend";
import type { HedgeBudget } from "@lade/core/concurrency";
import { type Hedger, hedgerOf } from "./hedger.ts";
import type { LaneCarrier } from "./lane_carrier.ts";
import { type Attempt, sendWithRetry } from "./send_with_retry.ts";
import { systemResolve } from "./system_resolve.ts";
import { TcpCarrier } from "./tcp_carrier.ts";
import type { BulkCarrier, Transport, TransportRequest, TransportResponse } from "./transport.ts";
import { completeTransportOptions, type TransportConfig } from "./transport_config.ts";
import { bothObservers } from "./transport_figures.ts";
import type { TransportOptions } from "./transport_options.ts";
import { isWorthPouring, isWorthSending } from "./worth_a_lane.ts";

/**
 * HTTP/1.1 over Deno's own sockets: the fastest way to read bytes into a buffer that is there already.
 *
 * Keeps connections alive in one pool per endpoint. Timeouts are checked four times a second. Needs permission to
 * reach the host; with permission for its addresses too, it spreads its connections over all of them. Large bodies that
 * are poured or lie in shared memory are carried by lanes: isolates with threads and connections of their own, which need
 * permission to read this package where it lies on disk; without it there are none.
 */
export class TcpTransport implements Transport {
  readonly #config: TransportConfig;
  readonly #carrier: TcpCarrier;
  readonly #hedger: Hedger | undefined;
  /** Requests whose answers are poured by this isolate, and how many there are. */
  readonly #pouredHere = new WeakSet<TransportRequest>();
  #pourings = 0;
  #lanes: LaneCarrier | undefined;
  #loading: Promise<void> | undefined;
  #closed = false;

  /** Opens no connection yet. */
  constructor(options: TransportOptions = {}) {
    this.#config = completeTransportOptions(options);
    const finished = (request: TransportRequest) => this.#poured(request);
    this.#carrier = new TcpCarrier({
      ...this.#config,
      observer: bothObservers(this.#config.observer, { finished }),
    });
    this.#hedger = hedgerOf(this.#config);
  }

  /** What it has done so far. */
  get figures(): StoreFigures {
    return this.#config.figures;
  }

  /** Bounds what is asked for a second time. */
  get hedges(): HedgeBudget | undefined {
    return this.#config.hedges;
  }

  /** Sends a request; see {@linkcode Transport.send}. */
  send(request: TransportRequest): Promise<TransportResponse> {
    const { pours = 0 } = request;
    if (isWorthPouring(pours) && !this.#lanes && this.bulk) this.#load((lanes) => lanes.expect(pours));
    return sendWithRetry(request, this.#config, this.#attempt, this.#hedger);
  }

  /** Begins to open connections where the next requests go: in the lanes, once there are any. */
  openAhead(url: string, connections: number): void {
    if (this.#lanes && this.#lanes.size > 0) this.#lanes.openAhead(url, connections);
    else this.#carrier.openAhead(url, connections);
  }

  /** Moves bodies by lanes; absent where there are to be none. */
  get bulk(): BulkCarrier | undefined {
    return this.#config.lanes > 0 && allowsLanes(this.#config) ? this.#bulk : undefined;
  }

  /** Ends every request and closes every connection. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#hedger?.close();
    this.#lanes?.close();
    await this.#loading;
    await this.#carrier.close();
  }

  /** The same as {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Open connections of the main isolate, to all endpoints together. */
  get connections(): number {
    return this.#carrier.connections;
  }

  readonly #bulk: BulkCarrier = {
    expect: (bytes) => {
      if (this.#lanes) return this.#lanes.expectToSend(bytes);
      if (!isWorthSending(bytes, this.#config.lanes)) return false;
      this.#load((lanes) => lanes.expectToSend(bytes));
      return true;
    },
    digest: (bytes, sums) => this.#lanes?.digest(bytes, sums),
  };

  readonly #attempt = (attempt: Attempt): Promise<TransportResponse> => {
    const carried = this.#lanes?.attempt(attempt);
    if (carried) return carried;
    const { request } = attempt;
    return request.pours === undefined ? this.#carrier.attempt(attempt) : this.#attemptToPour(attempt);
  };

  async #attemptToPour(attempt: Attempt): Promise<TransportResponse> {
    if (!this.#pouredHere.has(attempt.request)) {
      this.#pouredHere.add(attempt.request);
      this.#pourings++;
    }
    try {
      return await this.#carrier.attempt(attempt);
    } catch (error) {
      this.#poured(attempt.request);
      throw error;
    }
  }

  #poured(request: TransportRequest): void {
    if (this.#pouredHere.delete(request)) this.#pourings--;
  }

  #load(then: (lanes: LaneCarrier) => void): void {
    this.#loading ??= this.#loadLanes();
    void this.#loading.then(() => this.#lanes && then(this.#lanes));
  }

  async #loadLanes(): Promise<void> {
    const { LaneCarrier } = await import("./lane_carrier.ts");
    if (this.#closed) return;
    const { lanes: most } = this.#config;
    this.#lanes = new LaneCarrier({
      config: this.#config,
      most,
      nextId: () => this.#carrier.nextId(),
      pouredHere: () => this.#pourings,
    });
  }
}

/** Whether another isolate can keep to these settings. */
function allowsLanes({ bandwidth, clock, resolve }: TransportConfig): boolean {
  return bandwidth === undefined && clock === systemClock && resolve === systemResolve;
}
