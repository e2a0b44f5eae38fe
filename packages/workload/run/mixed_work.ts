import type { MixEntry, MixPhase } from "../spec/workload_spec.ts";
import type { LiveSet } from "./live_set.ts";
import { type Picker, pickerOf } from "./pick_objects.ts";
import { RandomStream } from "../random/random_stream.ts";
import type { NextWork, Work, WorkSource } from "./work.ts";

/** What decides the choices of a phase. */
export interface MixedWorkSetup {
  readonly phase: MixPhase;
  readonly sets: readonly LiveSet[];
  readonly seed: number;
  /** The name of the phase and of its step, so that each has choices of its own. */
  readonly stream: string;
  /** The share of reads that are verified. */
  readonly verify: number;
}

/**
 * Chooses operations by weights, and objects as the phase says. The choices follow from the seed; objects also from which are
 * there, and so, where a mix puts and deletes, from which operations have ended.
 */
export class MixedWork implements WorkSource {
  readonly #entries: readonly MixEntry[];
  readonly #isOnce: boolean;
  readonly #sets: ReadonlyMap<string, LiveSet>;
  readonly #pickers: ReadonlyMap<LiveSet, Picker>;
  readonly #any: ReadonlyMap<LiveSet, Picker>;
  readonly #ops: RandomStream;
  readonly #objects: RandomStream;
  readonly #ranges: RandomStream;
  readonly #checks: RandomStream;
  readonly #verify: number;
  /** What was chosen and had to wait. */
  #pending: MixEntry | undefined;

  constructor({ phase, sets, seed, stream, verify }: MixedWorkSetup) {
    const random = (name: string) => new RandomStream(seed, `${stream} ${name}`);
    this.#entries = phase.mix;
    this.#isOnce = phase.pick.kind === "once";
    this.#sets = new Map(sets.map((set) => [set.name, set]));
    this.#objects = random("object");
    this.#pickers = new Map(sets.map((set) => [set, pickerOf(phase.pick, set, this.#objects)]));
    this.#any = new Map(sets.map((set) => [set, pickerOf({ kind: "uniform" }, set, this.#objects)]));
    this.#ops = random("operation");
    this.#ranges = random("range");
    this.#checks = random("check");
    this.#verify = verify;
  }

  next(): NextWork {
    const entry = this.#pending ?? this.#draw();
    if (!entry) return "end";
    const work = this.#choose(entry);
    this.#pending = work === "wait" ? entry : undefined;
    return work;
  }

  /** An operation by its weight; none where each object had its turn. */
  #draw(): MixEntry | undefined {
    const entries = this.#isOnce ? this.#entries.filter((entry) => this.#leftOf(entry) > 0) : this.#entries;
    let left = this.#ops.next() * entries.reduce((sum, { weight }) => sum + weight, 0);
    const drawn = entries.find(({ weight }) => (left -= weight) < 0) ?? entries[0];
    if (drawn?.op !== "delete" || this.#isOnce) return drawn;
    // Where half of a population is gone, what would take more of it puts.
    const sets = this.#setsOf(drawn);
    const count = sets.reduce((sum, { count }) => sum + count, 0);
    return this.#leftOf(drawn) * 2 > count ? drawn : this.#entries.find(({ op }) => op === "put");
  }

  #leftOf(entry: MixEntry): number {
    return this.#setsOf(entry).reduce((sum, set) => sum + (this.#pickers.get(set)?.left ?? 0), 0);
  }

  #setsOf({ on }: MixEntry): LiveSet[] {
    return on.flatMap((name) => this.#sets.get(name) ?? []);
  }

  #choose(entry: MixEntry): NextWork {
    const { op } = entry;
    const sets = this.#setsOf(entry);
    const common = { op, offset: 0, isVerified: false, wasLive: true };
    if (op === "put") return this.#put(sets);
    if (entry.op === "list") {
      const set = this.#oneOf(sets, ({ count }) => count);
      if (!set) return "wait";
      return { ...common, set, number: this.#objects.below(set.shards), size: entry.entries };
    }
    const set = this.#oneOf(sets, (set) => this.#pickers.get(set)?.left ?? 0);
    if (!set) return "wait";
    const number = this.#pickers.get(set)?.pick(op === "delete");
    if (number === undefined) return "wait";
    if (op === "stat" || op === "delete") return { ...common, set, number, size: 0 };
    const size = set.sizeOf(number);
    const isVerified = this.#verify > 0 && this.#checks.next() < this.#verify;
    if (entry.op !== "get-range") return { ...common, set, number, size, isVerified };
    const { length, align } = entry;
    const places = size > length ? Math.floor((size - length) / align) + 1 : 1;
    const offset = this.#ranges.below(places) * align;
    return { ...common, set, number, offset, size: Math.min(length, size), isVerified };
  }

  /** One that is not there, or where all are one of those. */
  #put(sets: readonly LiveSet[]): Work | "wait" {
    const common = { op: "put" as const, offset: 0, isVerified: false };
    const free = this.#oneOf(sets, ({ free }) => free);
    if (free) {
      const number = free.firstFree;
      return { ...common, set: free, number, size: free.sizeOf(number), wasLive: false };
    }
    const set = this.#oneOf(sets, ({ live }) => live);
    const number = set && this.#any.get(set)?.pick(true);
    if (!set || number === undefined) return "wait";
    return { ...common, set, number, size: set.sizeOf(number), wasLive: true };
  }

  /** One of the sets, by these weights; `undefined` where all are 0. */
  #oneOf(sets: readonly LiveSet[], weightOf: (set: LiveSet) => number): LiveSet | undefined {
    const sum = sets.reduce((sum, set) => sum + weightOf(set), 0);
    if (sum === 0) return undefined;
    let left = sets.length === 1 ? 0 : this.#objects.below(sum);
    return sets.find((set) => (left -= weightOf(set)) < 0);
  }
}
