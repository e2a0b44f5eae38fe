import type { Clock } from "@lade/core/backend";
import type { ServiceFault } from "../errors/mod.ts";

/** Services take a request for late or early from five minutes on at the least. */
const TOLERANCE_MS = 4 * 60_000;

/**
 * The time that requests to a service are dated and signed by: this machine's, and from the first refusal on that shows the
 * two clocks to be far apart the service's.
 */
export class ServiceTime implements Pick<Clock, "now"> {
  readonly #clock: Clock;
  #offsetMs = 0;

  /** Goes by `clock`. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How far it is ahead of this machine's clock, in milliseconds; 0 before a refusal. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** The time, in milliseconds since 1970. */
  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /**
   * Takes over the service's time after it refused what was signed at `signedMs`, or told its own then, and returns whether
   * that is another one: of many requests that are refused at once, each may be sent again.
   */
  correct(
    { foreign, serverTimeMs }: Partial<Pick<ServiceFault, "foreign" | "serverTimeMs">>,
    signedMs: number,
  ): boolean {
    if (foreign !== undefined || serverTimeMs === undefined) return false;
    if (Math.abs(serverTimeMs - signedMs) < TOLERANCE_MS) return false;
    this.#offsetMs = serverTimeMs - this.#clock.now();
    return true;
  }
}
