import type { RandomStream } from "../random/random_stream.ts";

/** What {@linkcode Arrivals} are made of. */
export interface ArrivalsSetup {
  /** Operations a second. */
  readonly rate: number;
  readonly arrival: "fixed" | "exponential";
  /** For so long the rate rises evenly from 0. */
  readonly rampMs: number;
  readonly random: RandomStream;
}

/** When operations are due, in milliseconds from the start. */
export class Arrivals {
  readonly #setup: ArrivalsSetup;
  /** How many are due by then. */
  #due = 0;

  constructor(setup: ArrivalsSetup) {
    this.#setup = setup;
  }

  /** When the next one is due. */
  next(): number {
    const { rate, arrival, rampMs, random } = this.#setup;
    this.#due += arrival === "fixed" ? 1 : -Math.log(1 - random.next());
    const inRamp = rate * rampMs / 2000;
    if (this.#due <= inRamp) return Math.sqrt(2000 * rampMs * this.#due / rate);
    return rampMs + (this.#due - inRamp) / rate * 1000;
  }
}
