/**
 * Draws ranks of a Zipf distribution over any number of items, in constant time: rank k with a weight of k^-`exponent`.
 * Rejection-inversion of Hörmann and Derflinger (1996).
 */
export class Zipf {
  readonly #exponent: number;
  #count = 0;
  #first = 0;
  #last = 0;
  #squeeze = 0;

  constructor(exponent: number) {
    this.#exponent = exponent;
  }

  /** A rank from 0 to `count - 1`, of numbers in [0, 1). */
  draw(count: number, random: () => number): number {
    if (count !== this.#count) this.#prepare(count);
    for (;;) {
      const u = this.#last + random() * (this.#first - this.#last);
      const x = this.#inverse(u);
      const rank = Math.min(count, Math.max(1, Math.round(x)));
      if (rank - x <= this.#squeeze || u >= this.#integral(rank + 0.5) - this.#weight(rank)) return rank - 1;
    }
  }

  #prepare(count: number): void {
    this.#count = count;
    this.#first = this.#integral(1.5) - 1;
    this.#last = this.#integral(count + 0.5);
    this.#squeeze = 2 - this.#inverse(this.#integral(2.5) - this.#weight(2));
  }

  #weight(x: number): number {
    return Math.exp(-this.#exponent * Math.log(x));
  }

  #integral(x: number): number {
    const log = Math.log(x);
    return expm1Over((1 - this.#exponent) * log) * log;
  }

  #inverse(u: number): number {
    const t = Math.max(-1, u * (1 - this.#exponent));
    return Math.exp(log1pOver(t) * u);
  }
}

/** `expm1(x) / x`, also near 0. */
function expm1Over(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2 * (1 + x / 3);
}

/** `log1p(x) / x`, also near 0. */
function log1pOver(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2 + x * x / 3;
}
