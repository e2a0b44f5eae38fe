import { GeometricMean } from "./geometric_mean.ts";

/** Why an address is avoided. */
export type AvoidanceCause = "unreachable" | "failing" | "slow";

/** An address is kept from being used until it is tried again. */
export interface Avoidance {
  readonly cause: AvoidanceCause;
  /** When one connection is to try it, on the monotonic clock. */
  readonly untilMs: number;
}

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
const WEIGHT_OF_NEW = 1 / 8;

/** One address of an endpoint, and what requests have shown of it. */
export class EndpointAddress {
  readonly hostname: string;
  readonly port: number;
  /** Address and port, as in `ConnectionInfo.remoteAddress`. */
  readonly name: string;
  /** Whether the endpoint's name still leads to it. */
  listed = true;
  /** Connections that are open. */
  connections = 0;
  /** What the turn of new connections owes it. */
  credit = 0;
  /** Share of the latest requests that failed. */
  failureShare = 0;
  /** Failures in a row that came while requests to other addresses succeeded: others may be the service's. */
  failuresInRow = 0;
  /** Times to the first byte of objects. */
  readonly latency: GeometricMean = new GeometricMean();
  /** Bytes in a second, of large bodies. */
  readonly rate: GeometricMean = new GeometricMean();
  /** Successes at all addresses when the first failure in a row came. */
  #successesBefore: number | undefined;
  #avoidance: Avoidance | undefined;
  #pauses = 0;
  #freedMs = -Infinity;
  #probedMs: number | undefined;

  constructor(hostname: string, port: number) {
    this.hostname = hostname;
    this.port = port;
    this.name = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  }

  /** Why it is avoided, where it is. */
  get avoidance(): Avoidance | undefined {
    return this.#avoidance;
  }

  /** Whether the time has come to try it again by one connection. */
  isDue(nowMs: number): boolean {
    if (!this.#avoidance || nowMs < this.#avoidance.untilMs) return false;
    // A connection that nobody used tells nothing.
    return this.#probedMs === undefined || nowMs - this.#probedMs >= LONGEST_PAUSE_MS;
  }

  /** Whether a connection is trying it again. */
  get probing(): boolean {
    return this.#probedMs !== undefined;
  }

  /** One connection tries it again. */
  probe(nowMs: number): void {
    this.#probedMs = nowMs;
  }

  /** Keeps away from it, longer each time; `luck` is in [0, 1), so that many clients do not come back at once. */
  avoid(cause: AvoidanceCause, nowMs: number, luck: number): void {
    if (this.#avoidance && !this.probing) return;
    if (nowMs - this.#freedMs > LONGEST_PAUSE_MS && !this.#avoidance) this.#pauses = 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses++);
    this.#avoidance = { cause, untilMs: nowMs + pauseMs * (0.75 + luck / 2) };
    this.#probedMs = undefined;
    this.latency.reset();
    this.rate.reset();
  }

  /** It is as good as the others again. */
  free(nowMs: number): void {
    if (!this.#avoidance) return;
    this.#avoidance = this.#probedMs = undefined;
    this.#freedMs = nowMs;
  }

  /** Whether the last request failed. */
  get isFailing(): boolean {
    return this.#successesBefore !== undefined;
  }

  /** Counts a request, and whether it failed, after so many at all addresses that did not. */
  count(failed: boolean, successes: number): void {
    this.failureShare += ((failed ? 1 : 0) - this.failureShare) * WEIGHT_OF_NEW;
    if (!failed) {
      this.#successesBefore = undefined;
      this.failuresInRow = 0;
    } else if (successes > (this.#successesBefore ??= successes)) this.failuresInRow++;
  }
}
