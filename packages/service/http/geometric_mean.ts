const WEIGHT_OF_NEW = 1 / 8;

/** A mean over the last values, in which one that is far off counts for little: that of their logarithms. */
export class GeometricMean {
  #logarithm = 0;
  /** How many values were added. */
  samples = 0;

  /** The mean; 1 where nothing was added. */
  get value(): number {
    return Math.exp(this.#logarithm);
  }

  /** Adds a positive value. */
  add(value: number): void {
    const logarithm = Math.log(value);
    const weight = Math.max(WEIGHT_OF_NEW, 1 / ++this.samples);
    this.#logarithm += (logarithm - this.#logarithm) * weight;
  }

  /** Starts over. */
  reset(): void {
    this.#logarithm = this.samples = 0;
  }
}
