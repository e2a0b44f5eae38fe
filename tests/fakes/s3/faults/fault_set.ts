import type { RequestRecord } from "../request_record.ts";
import type { Operation } from "../operations/route.ts";
import type { ActionOf, FaultAction } from "./fault_action.ts";
import { seededRandom } from "./seeded_random.ts";

/** Which requests a fault strikes. Everything given must hold. */
export interface FaultMatch {
  /** The method. */
  method?: string;
  /** The operation, or several. */
  operation?: Operation | readonly Operation[];
  /** The bucket. */
  bucket?: string;
  /** The key, or a pattern of it. */
  key?: string | RegExp;
  /** Anything else about the request. */
  where?: (request: RequestRecord) => boolean;
  /** Strikes from the n-th request that fits the above, counted from 1. */
  nth?: number;
  /** How many of them it strikes; one, or any number where one of the next three is given. */
  times?: number;
  /** Strikes with this probability, drawn from `seed`. */
  probability?: number;
  /** The seed; 1 by default. */
  seed?: number;
  /** Strikes only requests beyond this many under way at once. */
  overConcurrency?: number;
  /** Strikes only requests beyond this many that were let through in the last second of the server's clock. */
  overPerSecond?: number;
}

/** What was added to a {@linkcode FaultSet}. */
export interface FaultSpec {
  /** Which requests; all by default. */
  match?: FaultMatch;
  /** What happens to them; several actions act together. */
  action: FaultAction | readonly FaultAction[];
}

/** A fault that was added. */
export class Fault {
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

  readonly #match: FaultMatch;
  readonly #random: () => number;
  readonly #passed: number[] = [];
  readonly #reach: () => void;
  #seen = 0;

  /** Made by {@linkcode FaultSet.add}. */
  constructor(spec: FaultSpec) {
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
  strikes(request: RequestRecord, load: { concurrency: number; nowMs: number }): boolean {
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

/** The faults of a server. */
export class FaultSet {
  readonly #faults: Set<Fault> = new Set();

  /** Adds a fault. */
  add(spec: FaultSpec): Fault {
    const fault = new Fault(spec);
    this.#faults.add(fault);
    return fault;
  }

  /** Takes a fault out and ends its stalls. */
  remove(fault: Fault): void {
    this.#faults.delete(fault);
    fault.release();
  }

  /** Takes every fault out. */
  clear(): void {
    for (const fault of this.#faults) this.remove(fault);
  }

  /** What is to happen to a request. */
  planFor(request: RequestRecord, load: { concurrency: number; nowMs: number }): FaultPlan {
    const struck = [...this.#faults].filter((fault) => fault.strikes(request, load));
    return new FaultPlan(struck.flatMap((fault) => fault.actions.map((action) => ({ fault, action }))));
  }
}

/** The actions that strike one request, in the order in which their faults were added. */
export class FaultPlan {
  readonly #items: readonly { fault: Fault; action: FaultAction }[];

  /** Made by {@linkcode FaultSet.planFor}. */
  constructor(items: readonly { fault: Fault; action: FaultAction }[]) {
    this.#items = items;
  }

  /** The kinds of action, for the log. */
  get kinds(): FaultAction["kind"][] {
    return this.#items.map(({ action }) => action.kind);
  }

  /** The first action of a kind. */
  find<K extends FaultAction["kind"]>(kind: K): ActionOf<K> | undefined {
    return this.all(kind)[0]?.action;
  }

  /** Every action of a kind, with its fault. */
  all<K extends FaultAction["kind"]>(kind: K): { fault: Fault; action: ActionOf<K> }[] {
    return this.#items.filter((item): item is { fault: Fault; action: ActionOf<K> } =>
      item.action.kind === kind
    );
  }
}

function fits(match: FaultMatch, request: RequestRecord): boolean {
  const { method, operation, bucket, key } = match;
  if (method !== undefined && method !== request.method) return false;
  if (operation !== undefined && ![operation].flat().some((name) => name === request.operation)) return false;
  if (bucket !== undefined && bucket !== request.bucket) return false;
  if (typeof key === "string" ? key !== request.key : key !== undefined && !key.test(request.key)) {
    return false;
  }
  return match.where?.(request) ?? true;
}
