import type { PickSpec } from "../spec/workload_spec.ts";
import type { LiveSet } from "./live_set.ts";
import type { RandomStream } from "../random/random_stream.ts";
import { Zipf } from "./zipf.ts";

/** Chooses objects of one set that are there. */
export interface Picker {
  /** How many it can choose from; sets are chosen by it. */
  readonly left: number;
  /** The number of an object; with `unread` one that nobody reads. `undefined` where there is none now. */
  pick(unread: boolean): number | undefined;
}

/** So many neighbours are looked at for an object that nobody reads. */
const MOST_TRIES = 1000;

/** Makes what chooses objects of a set as a spec says. */
export function pickerOf(spec: PickSpec, set: LiveSet, random: RandomStream): Picker {
  switch (spec.kind) {
    case "uniform":
      return new PlacePicker(set, (count) => random.below(count));
    case "zipf": {
      // Not the objects with the lowest numbers, which are neighbours, are those that all ask for.
      set.shuffle((count) => random.below(count));
      const zipf = new Zipf(spec.exponent);
      return new PlacePicker(set, (count) => zipf.draw(count, () => random.next()));
    }
    case "sequential":
      return new SequentialPicker(set);
    case "once":
      set.shuffle((count) => random.below(count));
      return new OncePicker(set);
  }
}

class PlacePicker implements Picker {
  readonly #set: LiveSet;
  readonly #draw: (count: number) => number;

  constructor(set: LiveSet, draw: (count: number) => number) {
    this.#set = set;
    this.#draw = draw;
  }

  get left(): number {
    return this.#set.live;
  }

  pick(unread: boolean): number | undefined {
    const { live } = this.#set;
    if (live === 0) return undefined;
    const first = this.#draw(live);
    for (let tried = 0; tried < Math.min(live, MOST_TRIES); tried++) {
      const number = this.#set.at((first + tried) % live);
      if (!unread || !this.#set.isRead(number)) return number;
    }
    return undefined;
  }
}

/** One after the other by their numbers, and from the first again. */
class SequentialPicker implements Picker {
  readonly #set: LiveSet;
  #next = 0;

  constructor(set: LiveSet) {
    this.#set = set;
  }

  get left(): number {
    return this.#set.live;
  }

  pick(unread: boolean): number | undefined {
    const { count, live } = this.#set;
    if (live === 0) return undefined;
    for (let looked = 0; looked < count; looked++) {
      const number = this.#next;
      this.#next = (number + 1) % count;
      if (this.#set.isLive(number) && !(unread && this.#set.isRead(number))) return number;
    }
    return undefined;
  }
}

/** Each of those that were there at the start, in a random order. */
class OncePicker implements Picker {
  readonly #numbers: Uint32Array;
  #at = 0;

  constructor(set: LiveSet) {
    this.#numbers = set.numbers();
  }

  get left(): number {
    return this.#numbers.length - this.#at;
  }

  /** None of them is read meanwhile: each is taken once. */
  pick(): number | undefined {
    return this.#numbers[this.#at++];
  }
}
