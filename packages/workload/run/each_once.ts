import type { LiveSet } from "./live_set.ts";
import type { NextWork, WorkSource } from "./work.ts";

/** Puts every object of some sets, or deletes those that are there, in the order of their numbers. */
export class EachOnce implements WorkSource {
  readonly #op: "put" | "delete";
  readonly #sets: readonly LiveSet[];
  #at = 0;
  #number = 0;

  constructor(op: "put" | "delete", sets: readonly LiveSet[]) {
    this.#op = op;
    this.#sets = sets;
  }

  next(): NextWork {
    for (;;) {
      const set = this.#sets[this.#at];
      if (!set) return "end";
      if (this.#number === set.count) {
        this.#at++;
        this.#number = 0;
        continue;
      }
      const number = this.#number++;
      const wasLive = set.isLive(number);
      if (this.#op === "delete" && !wasLive) continue;
      const size = this.#op === "put" ? set.sizeOf(number) : 0;
      return { op: this.#op, set, number, size, offset: 0, isVerified: false, wasLive };
    }
  }
}
