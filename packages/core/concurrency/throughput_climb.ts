import type { LearnedLimit } from "./learned_limit.ts";

/** What one round of requests at one limit measured. */
export interface MeasuredRound {
  /** Work done per millisecond, by all requests in flight together. */
  readonly rate: number;
  /** Work of one request, on average. */
  readonly meanWork: number;
}

/**
 * Why the limit is what it is: the service asked for fewer requests, it is at its maximum, it still doubles, more did not
 * pay when it was tried, or more last paid.
 */
export type ClimbBound = "throttled" | "maximum" | "growing" | "flat" | "holding";

interface Level {
  readonly limit: number;
  readonly rate: number;
}

type Phase =
  | { readonly name: "ramp"; readonly confirming: boolean }
  | { readonly name: "hold"; readonly rounds: number }
  | { readonly name: "probe" }
  | { readonly name: "recover" };

// A step up pays when it brings this share of what the same throughput per request would bring.
const RAMP_SHARE = 0.1;
const NEAR_RAMP_SHARE = 0.35;
const PROBE_SHARE = 0.4;
const DOWN_PAYS = 0.98;
const SHORTEST_HOLD = 2;
const LONGEST_HOLD = 32;
const OTHER_WORK = 4;
// Between these shares of a rate that was learned before nothing has changed; chunks were larger then.
const SLOWER = 0.5;
const FASTER = 1.25;

/**
 * Decides how many requests should be in flight, from the throughput of one round after another.
 *
 * It doubles while a doubling pays, goes back to the level below when one does not (asked twice, because new
 * connections are slow at first), looks whether half of that does as well, then holds and now and then tries a fifth more or less. A throttled round lowers the limit;
 * it climbs back by an eighth a round to nine tenths of where it was throttled.
 */
export class ThroughputClimb {
  readonly #maximum: number;
  #limit: number;
  #phase: Phase = { name: "ramp", confirming: false };
  #baseline: Level | undefined;
  #meanWork = 0;
  #ceiling: number | undefined;
  #holdRounds = SHORTEST_HOLD;
  #probeUp = true;
  #refused: { readonly limit: number; readonly gain: number } | undefined;
  /** What was learned before of the limit that it is at. */
  #expected: LearnedLimit | undefined;

  /** Starts at `initial` and never goes above `maximum`. */
  constructor(initial: number, maximum: number) {
    this.#maximum = maximum;
    this.#limit = Math.min(initial, maximum);
  }

  /** Requests that should be in flight now. */
  get limit(): number {
    return this.#limit;
  }

  /** What the limit may be in the next round, or is already. */
  get next(): number {
    const doubles = this.#phase.name === "ramp" && !this.#phase.confirming &&
      this.#expected?.rate === undefined;
    return doubles ? Math.min(this.#maximum, 2 * this.#limit) : this.#limit;
  }

  /** What later climbs may start from: where it settled, or the level that paid last; nothing below a throttled one. */
  get learned(): LearnedLimit | undefined {
    const base = this.#baseline;
    if (!base) return undefined;
    if (this.#phase.name === "hold") return { limit: base.limit, rate: base.rate * 1e3 };
    return this.#phase.name === "ramp" ? { limit: base.limit } : undefined;
  }

  /** Starts from what was learned before, unless it has measured something or is there already. */
  resume(learned: LearnedLimit): void {
    if (this.#phase.name !== "ramp" || this.#baseline || learned.limit <= this.#limit) return;
    this.#limit = Math.min(this.#maximum, learned.limit);
    this.#expected = learned.limit === this.#limit ? learned : undefined;
  }

  /** Whether a good half of a round is enough to go on, for a fast start. */
  get ramping(): boolean {
    return this.#phase.name === "ramp";
  }

  /** Whether the last doubling did not seem to pay, and is measured once more. */
  get confirming(): boolean {
    return this.#phase.name === "ramp" && this.#phase.confirming;
  }

  /** Whether `round`, still going on, already shows that the last doubling paid well, or is the first of all. */
  paysClearly(round: MeasuredRound): boolean {
    const gain = this.#baseline ? round.rate / this.#baseline.rate : Infinity;
    return this.ramping && gain >= 1.5 && !this.#isOtherWork(round);
  }

  /**
   * Takes the measurement of a full round at the present limit and sets the next one. Of a service that is `near` a doubling
   * has to bring more: it needs few requests in flight, and its rounds are short and noisy.
   */
  completeRound(round: MeasuredRound, near = false): void {
    if (this.#isOtherWork(round) && this.#phase.name !== "recover") {
      this.#phase = { name: "ramp", confirming: false };
      this.#baseline = this.#expected = undefined;
    }
    this.#meanWork = round.meanWork;
    switch (this.#phase.name) {
      case "ramp":
        return this.#ramp(round.rate, this.#phase.confirming, near ? NEAR_RAMP_SHARE : RAMP_SHARE);
      case "hold":
        return this.#hold(round.rate, this.#phase.rounds + 1);
      case "probe":
        return this.#judgeProbe(round.rate);
      case "recover":
        return this.#recover(round.rate);
    }
  }

  /** Gives up a trial of another limit that nobody had enough requests for. */
  abandonRound(): void {
    if (this.#phase.name === "probe") this.#settle(this.#baseline ?? { limit: this.#limit, rate: 0 });
  }

  /** Lowers the limit by half of the share of requests that the service asked to be fewer. */
  throttle(share = 1): void {
    this.#ceiling = this.#limit;
    this.#limit = Math.max(1, Math.floor(this.#limit * (1 - Math.min(1, share) / 2)));
    this.#baseline = this.#expected = undefined;
    this.#refused = undefined;
    this.#phase = { name: "recover" };
  }

  /** Why the limit is what it is. */
  get bound(): ClimbBound {
    if (this.#ceiling !== undefined) return "throttled";
    if (this.#limit >= this.#maximum) return "maximum";
    if (this.#phase.name === "ramp") return "growing";
    return this.#refused ? "flat" : "holding";
  }

  /** Says in words why the limit is what it is. */
  explain(): string {
    switch (this.bound) {
      case "throttled":
        return `the service asked for fewer requests when ${this.#ceiling} were in flight`;
      case "maximum":
        return `${this.#maximum} in flight is the configured maximum`;
      case "growing":
        return "still growing: more requests in flight have paid so far";
      case "holding":
        return "holding where more requests in flight last paid";
      case "flat": {
        const { limit = 0, gain = 1 } = this.#refused ?? {};
        return `more does not pay: ${limit} in flight gave ${gain.toFixed(2)} times the throughput of fewer`;
      }
    }
  }

  #isOtherWork(round: MeasuredRound): boolean {
    if (this.#meanWork === 0) return false;
    const ratio = round.meanWork / this.#meanWork;
    return ratio > OTHER_WORK || ratio < 1 / OTHER_WORK;
  }

  #ramp(rate: number, confirming: boolean, share: number): void {
    const expected = this.#expected?.rate;
    if (expected !== undefined) return this.#compare(rate, rate * 1e3 / expected, confirming);
    const base = this.#baseline;
    const gain = base ? rate / base.rate : Infinity;
    if (base && gain < 1 + share * (this.#limit / base.limit - 1)) {
      if (!confirming) return void (this.#phase = { name: "ramp", confirming: true });
      this.#refused = { limit: this.#limit, gain };
      return this.#probeHalf(base);
    }
    const level = { limit: this.#limit, rate };
    this.#baseline = level;
    if (this.#limit >= this.#maximum) return this.#settle(level);
    this.#limit = Math.min(this.#maximum, this.#limit * 2);
    this.#phase = { name: "ramp", confirming: false };
  }

  /** Holds where all is as it was learned, climbs on where the same brings more, else looks whether less does as well. */
  #compare(rate: number, share: number, confirming: boolean): void {
    // The first round has new connections.
    if (share < SLOWER && !confirming) return void (this.#phase = { name: "ramp", confirming: true });
    this.#expected = undefined;
    const level = { limit: this.#limit, rate };
    if (share < SLOWER) return this.#probeHalf(level);
    if (share <= FASTER) return this.#settle(level);
    this.#ramp(rate, false, RAMP_SHARE);
  }

  /**
   * Half of a level that was reached by doublings may do as well: the first rounds are slow for reasons of their own,
   * such as new connections, and made the doubling seem to pay.
   */
  #probeHalf(level: Level): void {
    const half = Math.floor(level.limit / 2);
    this.#probeUp = false;
    if (half < 1) return this.#settle(level);
    this.#baseline = level;
    this.#limit = half;
    this.#phase = { name: "probe" };
  }

  #settle(level: Level): void {
    this.#baseline = level;
    this.#limit = level.limit;
    this.#phase = { name: "hold", rounds: 0 };
  }

  #hold(rate: number, rounds: number): void {
    const known = this.#baseline?.rate || rate;
    this.#baseline = { limit: this.#limit, rate: (known + rate) / 2 };
    this.#phase = { name: "hold", rounds };
    if (rounds < this.#holdRounds) return;
    const next = this.#probeUp ? this.#above() : Math.floor(this.#limit * 0.8);
    if (next === this.#limit || next < 1) {
      this.#probeUp = !this.#probeUp;
      return;
    }
    this.#limit = next;
    this.#phase = { name: "probe" };
  }

  #above(): number {
    const next = Math.min(this.#maximum, Math.ceil(this.#limit * 1.25));
    // Beyond the level that was throttled only rarely: each such try costs refused requests.
    const allowed = this.#ceiling === undefined || next < this.#ceiling || this.#holdRounds >= LONGEST_HOLD;
    return allowed ? next : this.#limit;
  }

  #judgeProbe(rate: number): void {
    const base = this.#baseline ?? { limit: this.#limit, rate };
    const gain = rate / base.rate;
    const up = this.#limit > base.limit;
    const pays = up ? gain >= 1 + PROBE_SHARE * (this.#limit / base.limit - 1) : gain >= DOWN_PAYS;
    if (!pays) {
      if (up) this.#refused = { limit: this.#limit, gain };
      this.#holdRounds = Math.min(LONGEST_HOLD, this.#holdRounds * 2);
      this.#probeUp = !up;
      return this.#settle(base);
    }
    if (this.#ceiling !== undefined && this.#limit > this.#ceiling) this.#ceiling = undefined;
    this.#holdRounds = SHORTEST_HOLD;
    this.#baseline = { limit: this.#limit, rate };
    const next = up ? this.#above() : Math.floor(this.#limit * 0.8);
    if (next === this.#limit || next < 1) return this.#settle(this.#baseline);
    this.#limit = next;
  }

  #recover(rate: number): void {
    const goal = Math.min(this.#maximum, Math.floor(0.9 * (this.#ceiling ?? this.#maximum)));
    if (this.#limit >= goal) {
      this.#holdRounds = SHORTEST_HOLD;
      this.#probeUp = true;
      return this.#settle({ limit: this.#limit, rate });
    }
    this.#limit = Math.min(goal, this.#limit + Math.max(1, Math.ceil(this.#limit / 8)));
  }
}
