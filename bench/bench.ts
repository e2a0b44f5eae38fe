/** One way to do a piece of work. */
export interface Contender {
  /** What it is, as the table shows it. */
  readonly name: string;
  /** Does the work once and resolves with its rate (bytes or calls per second). */
  run(): Promise<number>;
}

/** What one contender has to reach against another. */
export interface Bar {
  /** The contender that is measured. */
  readonly ours: string;
  /** The contender it is compared with. */
  readonly baseline: string;
  /** The least ratio of their medians. */
  readonly atLeast: number;
}

/** A piece of work, done by several contenders in turn. */
export interface Prepared extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  readonly bars: readonly Bar[];
  /** What a rate counts. */
  readonly unit: "bytes" | "calls";
}

/** A benchmark: makes its files, then hands out who competes. */
export interface Bench {
  /** Short name, for the command line. */
  readonly name: string;
  /** What is done. */
  readonly title: string;
  prepare(): Promise<Prepared>;
}

/** The rates of one contender. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Runs the contenders in turn, `rounds` times each after one round that does not count. */
export async function measure({ contenders }: Prepared, rounds: number): Promise<Measured[]> {
  const rates = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const rate = await contender.run();
      if (round > 0) rates[i]?.push(rate);
    }
  }
  return contenders.map(({ name }, i) => {
    const sorted = [...rates[i] ?? []].sort((a, b) => a - b);
    return {
      name,
      median: sorted[Math.floor(sorted.length / 2)] ?? NaN,
      least: sorted[0] ?? NaN,
      most: sorted.at(-1) ?? NaN,
    };
  });
}

/** Times `work` and tells the rate for `amount` bytes or calls. */
export async function rateOf(amount: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return amount / ((performance.now() - start) / 1000);
}
