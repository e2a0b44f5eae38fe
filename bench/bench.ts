/** One way to do a piece of work. */
export interface Contender {
  /** What it is, as the table shows it. */
  readonly name: string;
  /** Does the work once and resolves with its rate (bytes or calls per second), or with more that was measured. */
  run(): Promise<number | Run>;
}

/** What one run came to. */
export interface Run {
  /** Bytes or calls per second. */
  readonly rate: number;
  /** CPU time of the contender's processes. */
  readonly cpuSeconds?: number;
  /** The most memory one of them held. */
  readonly peakBytes?: number;
  /** CPU time of the server meanwhile. */
  readonly serverCpuSeconds?: number;
}

/** What one contender has to reach against another. */
export interface Bar {
  /** The contender that is measured. */
  readonly ours: string;
  /** The contender it is compared with. */
  readonly baseline: string;
  /** The least ratio of their median rates. */
  readonly atLeast?: number;
  /** The largest ratio of their median CPU times. */
  readonly cpuAtMost?: number;
  /** What is enough where the CPU time of server and contender forbids `atLeast`. */
  readonly orOfCores?: ShareOfCores;
}

/** A share of the rate that the CPU time of server and contender allows, were all cores busy with them all the time. */
export interface ShareOfCores {
  /** The least share, up to 1. */
  readonly share: number;
  /** How many cores the two have. */
  readonly cores: number;
  /** Bytes or calls of a run. */
  readonly amount: number;
}

/** What one contender has to keep to, whatever the others do. */
export interface Bound {
  /** The contender that is measured. */
  readonly ours: string;
  /** Its median CPU time at most. */
  readonly cpuSecondsAtMost?: number;
  /** Its peak memory at most. */
  readonly peakBytesAtMost?: number;
}

/** A piece of work, done by several contenders in turn. */
export interface Prepared extends AsyncDisposable {
  readonly contenders: readonly Contender[];
  readonly bars: readonly Bar[];
  readonly bounds?: readonly Bound[];
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

/** The rates of one contender, and the rest where it was measured. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Median CPU time. */
  readonly cpuSeconds?: number;
  /** The highest peak of memory. */
  readonly peakBytes?: number;
  /** Median CPU time of the server. */
  readonly serverCpuSeconds?: number;
}

/** Runs the contenders in turn, `rounds` times each after one round that does not count. */
export async function measure({ contenders }: Prepared, rounds: number): Promise<Measured[]> {
  const runs = contenders.map((): Run[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const run = await contender.run();
      if (round > 0) runs[i]?.push(typeof run === "number" ? { rate: run } : run);
    }
  }
  return contenders.map(({ name }, i) => summarize(name, runs[i] ?? []));
}

function summarize(name: string, runs: readonly Run[]): Measured {
  const sorted = runs.map(({ rate }) => rate).sort((a, b) => a - b);
  const cpuSeconds = medianOf(runs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []));
  const serverCpuSeconds = medianOf(runs.flatMap(({ serverCpuSeconds }) => serverCpuSeconds ?? []));
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    name,
    median: sorted[Math.floor(sorted.length / 2)] ?? NaN,
    least: sorted[0] ?? NaN,
    most: sorted.at(-1) ?? NaN,
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(serverCpuSeconds !== undefined && { serverCpuSeconds }),
    ...(peaks.length > 0 && { peakBytes: Math.max(...peaks) }),
  };
}

function medianOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Times `work` and tells the rate for `amount` bytes or calls. */
export async function rateOf(amount: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return amount / ((performance.now() - start) / 1000);
}
