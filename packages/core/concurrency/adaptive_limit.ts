import { AbortableQueue } from "./abortable_queue.ts";
import type { LimitMemory } from "./learned_limit.ts";
import { FlowWindow } from "./flow_window.ts";
import { type MeasuredRound, ThroughputClimb } from "./throughput_climb.ts";

/** What became of a permitted request. */
export interface RequestOutcome {
  /** Bytes that were moved. A request that moved none is not measured. */
  readonly bytes: number;
  /** Whether the service asked for fewer requests, even where a retry then succeeded. */
  readonly throttled?: boolean;
}

/** Leave to make one request. */
export interface Permit {
  /**
   * Says that `bytes` more of the `total` that the request moves have come, none of them when its answer begins. A limit
   * that is told climbs before its requests end; telling it nothing is no fault.
   */
  moved(bytes: number, total: number): void;
  /** Gives the permit back and reports what the request yielded; a second call does nothing. */
  done(outcome: RequestOutcome): void;
}

/**
 * What bounds the requests in flight: `"unneeded"`, no more were asked for; `"throttled"`, the service asked for fewer;
 * `"maximum"`, so many are configured; `"growing"`, it still doubles; `"flat"`, more did not pay when it was tried;
 * `"holding"`, more last paid.
 */
export type RequestBound = "unneeded" | "throttled" | "maximum" | "growing" | "flat" | "holding";

/** Configuration of {@linkcode AdaptiveLimit}. */
export interface AdaptiveLimitConfig {
  /** Measures how long requests take; a `Clock` is one. */
  readonly clock: { monotonicMs(): number };
  /** Requests in flight at first. */
  readonly initial: number;
  /** Requests in flight at most. */
  readonly maximum: number;
  /** Keeps what is learned, for limits that come later; nothing does by default. Of what is near, nothing is learned. */
  readonly memory?: LimitMemory | undefined;
  /**
   * The shortest wait for an answer so far, in milliseconds. By default it is what permits show, in which a busy machine
   * counts too.
   */
  readonly answerMs?: (() => number | undefined) | undefined;
  /**
   * Called with how many requests may soon be in flight, more than ever before, while as many as may be are wanted: to
   * open connections ahead.
   */
  readonly onAhead?: ((requests: number) => void) | undefined;
}

// What a request costs a service besides its bytes, so that the number of small requests counts as throughput.
const WORK_OF_A_REQUEST = 2 ** 16;
// Some services refuse a few requests however many there are. Their throughput, waits included, judges the limit then.
const TOLERATED_SHARE = 0.1;
const FEWEST_SAMPLES = 4;
// A service on the same machine or beside it answers sooner, one across a town later.
const NEAR_MS = 2;
const FEWEST_SAMPLES_AT_REST = 8;
// Of the requests of a round so many flow, and bring so many bytes each, before their speed is believed.
const FLOWING_SHARE = 0.4;
const FLOWN_BYTES = 2 ** 20;
// Small requests show nothing about large ones, and climb quickly by themselves.
const TELLING_WORK = 2 ** 20;

/**
 * Bounds the requests in flight to one endpoint, and finds the bound by measuring.
 *
 * It starts low, or where a limit before it had come to, doubles from round to round while the throughput follows, settles where more requests stop paying,
 * tries a little more and a little less from time to time, and climbs down when the service throttles, by half of the
 * share of requests that were (all of them halve it; a tenth is let pass), to climb back later. A round is as many
 * requests as may be in flight. Permits are granted in the order they were asked for.
 */
export class AdaptiveLimit {
  readonly #clock: AdaptiveLimitConfig["clock"];
  readonly #climb: ThroughputClimb;
  readonly #waiting = new AbortableQueue<Permit>();
  #inFlight = 0;
  #most = 0;
  readonly #flow = new FlowWindow();
  #round = new Round();
  #falls = 0;
  readonly #listeners = new Set<() => void>();
  readonly #memory: LimitMemory | undefined;
  #hasRecalled = false;
  readonly #answerMs: AdaptiveLimitConfig["answerMs"];
  readonly #onAhead: ((requests: number) => void) | undefined;
  #ahead = 0;
  /** The shortest wait for the first bytes of a request so far. */
  #leastWaitMs = Infinity;

  /** Starts at `config.initial`. */
  constructor(config: AdaptiveLimitConfig) {
    for (const name of ["initial", "maximum"] as const) {
      if (Number.isSafeInteger(config[name]) && config[name] >= 1) continue;
      throw new RangeError(
        `Cannot limit requests with ${name} ${config[name]}: a whole number from 1 up is needed`,
      );
    }
    this.#clock = config.clock;
    this.#memory = config.memory;
    this.#answerMs = config.answerMs;
    this.#onAhead = config.onAhead;
    this.#climb = new ThroughputClimb(config.initial, config.maximum);
  }

  /** Requests that may be in flight now. */
  get current(): number {
    return this.#climb.limit;
  }

  /** Whether it still doubles from round to round. */
  get climbing(): boolean {
    return this.#climb.ramping;
  }

  /** Requests in flight now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How often it fell because the service throttled. */
  get falls(): number {
    return this.#falls;
  }

  /**
   * Counts a request that the service throttled before it answered well, for a store to call. `falls` is the number that
   * {@linkcode falls} was when the request was made: a request made before the last fall says nothing about the limit.
   */
  noteThrottled(falls: number): void {
    if (falls !== this.#falls) return;
    this.#round.throttled++;
    if (this.#round.throttled >= this.#manyThrottled()) this.#throttle(1);
  }

  /** Calls `listener` whenever more requests may be in flight than before, until the function that it gives is called. */
  readonly onRise = (listener: () => void): () => void => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** A permit without a wait, or none. */
  tryAcquire(): Permit | undefined {
    if (this.#waiting.length === 0 && this.#inFlight < this.current) return this.#grant();
    this.#round.wanted = true;
    if (this.#memory && !this.#hasRecalled) void this.#recall(this.#memory);
    else this.#tellAhead();
    return undefined;
  }

  /** Waits for a permit; rejects with `signal.reason`. */
  acquire(signal?: AbortSignal): Promise<Permit> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const permit = this.tryAcquire();
    if (permit) return Promise.resolve(permit);
    return this.#waiting.wait(undefined, signal);
  }

  /** Most requests that were in flight at a time. */
  get most(): number {
    return this.#most;
  }

  /** What bounds the requests in flight now. */
  get bound(): RequestBound {
    return this.#most < this.current ? "unneeded" : this.#climb.bound;
  }

  /** Says in words what bounds the requests in flight now. */
  explain(): string {
    const why = this.bound === "unneeded"
      ? `no more than ${this.#most} were needed so far`
      : this.#climb.explain();
    return `${this.#inFlight} of ${this.current} requests in flight; ${why}`;
  }

  #grant(nowMs = this.#clock.monotonicMs()): Permit {
    this.#inFlight++;
    this.#most = Math.max(this.#most, this.#inFlight);
    return new GrantedPermit(this.#ways, this.#round, this.#falls, nowMs);
  }

  readonly #moved = (permit: GrantedPermit, bytes: number, total: number): void => {
    if (!this.#climb.ramping) return;
    const nowMs = this.#clock.monotonicMs();
    const round = this.#round;
    if (!permit.flows) {
      permit.flows = true;
      this.#leastWaitMs = Math.min(this.#leastWaitMs, nowMs - permit.startMs);
      this.#flow.begin(nowMs, permit.round === round ? { ms: nowMs - permit.startMs, total } : undefined);
    }
    this.#flow.add(bytes, nowMs);
    this.#judgeFlow();
  };

  readonly #finish = (permit: GrantedPermit, outcome: RequestOutcome): void => {
    let nowMs: number | undefined;
    this.#inFlight--;
    if (permit.flows) this.#flow.end(nowMs = this.#clock.monotonicMs());
    // A request that was throttled ends late, when others have raised the limit: it counts unless the limit fell since.
    if (outcome.throttled) this.noteThrottled(permit.falls);
    // Of the rest those granted before the limit last changed say nothing about it.
    if (permit.round === this.#round && outcome.bytes > 0) {
      nowMs ??= this.#clock.monotonicMs();
      this.#round.add(outcome.bytes + WORK_OF_A_REQUEST, nowMs - permit.startMs);
      this.#judgeRound();
    }
    this.#grantWaiting(nowMs);
  };

  readonly #ways: PermitWays = { moved: this.#moved, finish: this.#finish };

  #grantWaiting(nowMs?: number): void {
    while (this.#waiting.length > 0 && this.#inFlight < this.current) this.#waiting.give(this.#grant(nowMs));
  }

  /** So many throttled requests of one round show, before its end, that the service bears fewer. */
  #manyThrottled(): number {
    return this.current <= 2 ? 1 : Math.max(2, Math.ceil(this.current / 4));
  }

  #throttle(share: number): void {
    this.#falls++;
    this.#climb.throttle(share);
    this.#memory?.learn({ limit: this.current });
    this.#beginRound();
  }

  #judgeRound(): void {
    const round = this.#round;
    if (round.count >= this.current && round.throttledShare > TOLERATED_SHARE) {
      return this.#throttle(round.throttledShare);
    }
    const ramping = this.#climb.ramping;
    const full = Math.max(this.current, ramping ? FEWEST_SAMPLES : FEWEST_SAMPLES_AT_REST);
    if (round.count < full && !(ramping && round.count >= FEWEST_SAMPLES && round.count >= full / 2)) return;
    // Little's law: requests in flight times the work per time of each, so no gap between requests distorts it.
    const rate = this.current * round.workPerMs;
    const measured = { rate, meanWork: round.meanWork };
    if (!round.wanted || !(rate > 0 && rate < Infinity)) {
      if (round.count < full) return;
      this.#climb.abandonRound();
    } else if (round.count >= full || this.#climb.paysClearly(measured)) {
      return this.#completeRound(measured);
    } else return;
    this.#beginRound();
  }

  async #recall(memory: LimitMemory): Promise<void> {
    this.#hasRecalled = true;
    const learned = await memory.recall();
    if (learned && !this.#isNear) this.#change(() => this.#climb.resume(learned));
    // A few requests that wait for the first ones want no more connections than there are of them.
    if (this.#inFlight >= this.current) this.#tellAhead();
  }

  /**
   * Whether what is asked for is there nearly at once. What flows then are the buffers of this machine first, and little is
   * to be had by more in flight but noise.
   */
  get #isNear(): boolean {
    return (this.#answerMs?.() ?? this.#leastWaitMs) < NEAR_MS;
  }

  #tellAhead(): void {
    const { next } = this.#climb;
    // What is near connects as soon as it is wanted, and a service pays for each connection.
    if (!this.#onAhead || this.#isNear || next <= this.#ahead || next <= this.#inFlight) return;
    this.#ahead = next;
    this.#onAhead(next);
  }

  #completeRound(measured: MeasuredRound): void {
    this.#change(() => this.#climb.completeRound(measured, this.#isNear));
    const { learned } = this.#climb;
    if (learned && measured.meanWork >= TELLING_WORK && !this.#isNear) this.#memory?.learn(learned);
  }

  /** Begins a round at another limit, or at the same once more. */
  #change(change: () => void): void {
    const before = this.current;
    change();
    this.#beginRound();
    if (this.current <= before) return;
    this.#grantWaiting();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Doubles before the requests of a round end, where the speed at which they flow shows that it pays well. */
  #judgeFlow(): void {
    const round = this.#round;
    if (!round.wanted || round.throttled > 0 || this.#climb.confirming || this.#isNear) return;
    const enough = Math.max(FEWEST_SAMPLES, Math.ceil(this.current * FLOWING_SHARE));
    const flown = this.#flow.estimate(enough, this.current * FLOWN_BYTES);
    if (!flown) return;
    const meanWork = flown.bytes + WORK_OF_A_REQUEST;
    const measured = { rate: this.current * meanWork / flown.durationMs, meanWork };
    if (!(measured.rate < Infinity) || !this.#climb.paysClearly(measured)) return;
    this.#completeRound(measured);
  }

  #beginRound(): void {
    this.#flow.reset();
    this.#round = new Round();
    this.#round.wanted = this.#waiting.length > 0;
  }
}

/** What a permit tells the limit that gave it. */
interface PermitWays {
  readonly moved: (permit: GrantedPermit, bytes: number, total: number) => void;
  readonly finish: (permit: GrantedPermit, outcome: RequestOutcome) => void;
}

class GrantedPermit implements Permit {
  readonly #ways: PermitWays;
  readonly round: Round;
  /** How often the limit had fallen when this was granted. */
  readonly falls: number;
  readonly startMs: number;
  /** Whether its bytes come. */
  flows = false;
  #live = true;

  constructor(ways: PermitWays, round: Round, falls: number, startMs: number) {
    this.#ways = ways;
    this.round = round;
    this.falls = falls;
    this.startMs = startMs;
  }

  moved(bytes: number, total: number): void {
    if (this.#live) this.#ways.moved(this, bytes, total);
  }

  done(outcome: RequestOutcome): void {
    if (!this.#live) return;
    this.#live = false;
    this.#ways.finish(this, outcome);
  }
}

/** Sums over the requests of one round. */
class Round {
  count = 0;
  /** Those of them, and others that failed, that the service asked to be fewer. */
  throttled = 0;
  /** Whether somebody wanted more requests than were allowed. */
  wanted = false;
  #work = 0;
  #durationMs = 0;

  add(work: number, durationMs: number): void {
    this.count++;
    this.#work += work;
    this.#durationMs += durationMs;
  }

  get throttledShare(): number {
    return Math.min(1, this.throttled / this.count);
  }

  get meanWork(): number {
    return this.#work / this.count;
  }

  /** What one request does in a millisecond, on average. */
  get workPerMs(): number {
    return this.#work / this.#durationMs;
  }
}
