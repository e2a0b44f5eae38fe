import { randomKey, randomSequence } from "../order/keyed_random.ts";
import { PURPOSE } from "../order/purposes.ts";
import {
  type KeyedContext,
  sampleKey,
  type SampleLot,
  type SampleTransform,
} from "../workers/sample_work.ts";

/** What samples are transformed with. */
export interface TransformGround<T, U> {
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly transform: SampleTransform<T, U> | undefined;
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
): KeyedContext {
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
    [sampleKey]: key,
  };
}

/** Makes the other one of a sample. `lot` says what the sample is part of, so that it can be moved, and made again. */
export async function transformSample<T, U>(
  { transform }: Pick<TransformGround<T, U>, "transform">,
  sample: T,
  context: KeyedContext,
  lot: SampleLot<T>,
): Promise<U> {
  // Without a transformation samples are of one type.
  if (!transform) return sample as unknown as U;
  const made = transform(sample, context, lot);
  return made instanceof Promise ? await made : made;
}
