import type { RequestRecord } from "../request_record.ts";
import type { FaultAction } from "./fault_action.ts";
import { type FaultMatch, fits } from "./fault_match.ts";
import { seededRandom } from "../../random/seeded_random.ts";

/** What was added to a `FaultSet`. */
export interface FaultSpec<R extends RequestRecord = RequestRecord> {
  /** Which requests; all by default. */
  match?: FaultMatch<R>;
  /** What happens to them; several actions act together. */
  action: FaultAction | readonly FaultAction[];
}

/** A fault that was added. */
export class Fault<R extends RequestRecord = RequestRecord> {
  /** How many requests it struck. */
  hits = 0;
  /** Settles when it strikes for the first time. */
  readonly reached: Promise<void>;
  /** Settles when it is released. */
  readonly released: Promise<void>;
  /** Ends every stall of this fault, present and future. */
  readonly release: () => void;
  /** What it does. */
  readonly actions: readonly FaultAction[];

  readonly #match: FaultMatch<R>;
  readonly #random: () => number;
  readonly #passed: number[] = [];
  readonly #reach: () => void;
  #seen = 0;

  /** Made by `FaultSet.add`. */
  constructor(spec: FaultSpec<R>) {
    this.#match = spec.match ?? {};
    this.actions = "kind" in spec.action ? [spec.action] : spec.action;
    this.#random = seededRandom(this.#match.seed ?? 1);
    const reached = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    this.reached = reached.promise;
    this.#reach = reached.resolve;
    this.released = released.promise;
    this.release = released.resolve;
  }

  /** Whether it strikes a request; counts it. */
  strikes(request: R, load: { concurrency: number; nowMs: number }): boolean {
    const match = this.#match;
    if (!fits(match, request)) return false;
    this.#seen++;
    if (this.#seen < (match.nth ?? 1)) return false;
    const conditional = [match.probability, match.overConcurrency, match.overPerSecond];
    const limit = match.times ?? (conditional.some((value) => value !== undefined) ? Infinity : 1);
    if (this.hits >= limit || !this.#drawn(load)) return false;
    this.hits++;
    this.#reach();
    return true;
  }

  #drawn(load: { concurrency: number; nowMs: number }): boolean {
    const { probability, overConcurrency, overPerSecond } = this.#match;
    if (probability !== undefined && this.#random() >= probability) return false;
    if (overConcurrency !== undefined && load.concurrency <= overConcurrency) return false;
    if (overPerSecond === undefined) return true;
    while (this.#passed[0] !== undefined && this.#passed[0] <= load.nowMs - 1000) this.#passed.shift();
    if (this.#passed.length >= overPerSecond) return true;
    this.#passed.push(load.nowMs);
    return false;
  }
}
