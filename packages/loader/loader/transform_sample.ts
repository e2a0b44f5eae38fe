import type { Clock } from "@lade/core/backend";
import type { Transform } from "../config/loader_options.ts";
import type { SampleContext } from "../datasets/dataset.ts";
import { randomKey, randomSequence } from "../order/keyed_random.ts";
import { PURPOSE } from "../order/purposes.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";

/** What samples are transformed with. */
export interface TransformGround<T, U> {
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly stats: StatsCounter;
  readonly transform: Transform<T, U> | undefined;
}

/**
 * What a sample is made with: its random numbers are made when they are asked for. Where an epoch may bring a sample several
 * times they are those of its position, `draw`.
 */
export function contextOf(
  { seed, signal }: Pick<TransformGround<never, unknown>, "seed" | "signal">,
  epoch: number,
  index: number,
  draw?: number,
): SampleContext {
  const key = () =>
    draw === undefined
      ? randomKey(seed, epoch, PURPOSE.sample, index)
      : randomKey(seed, epoch, PURPOSE.draw, draw);
  let random: (() => number) | undefined;
  return {
    index,
    epoch,
    signal,
    random: () => (random ??= randomSequence(key()))(),
  };
}

/** Makes the other one of a sample, and counts the time that it takes. */
export async function transformSample<T, U>(
  { transform, clock, stats }: TransformGround<T, U>,
  sample: T,
  context: SampleContext,
): Promise<U> {
  // Without a transformation samples are of one type.
  if (!transform) return sample as unknown as U;
  const began = clock.monotonicMs();
  try {
    const made = transform(sample, context);
    return made instanceof Promise ? await made : made;
  } finally {
    stats.transformMs += clock.monotonicMs() - began;
  }
}
