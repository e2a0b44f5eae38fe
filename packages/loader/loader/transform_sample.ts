import type { SampleContext } from "../datasets/dataset.ts";
import { type RandomKey, randomKey, randomSequence } from "../order/keyed_random.ts";
import { PURPOSE } from "../order/purposes.ts";
import type { SampleLot, SampleTransform } from "../workers/sample_work.ts";
import type { LotSetup, WorkerLot } from "../workers/worker_lot.ts";

/** What samples are transformed with. */
export interface TransformGround<T, U> {
  readonly seed: number;
  readonly signal: AbortSignal;
  /** In this thread. */
  readonly transform: SampleTransform<T, U> | undefined;
  /** In workers. */
  readonly lotOf: ((setup: LotSetup<U>) => WorkerLot<T, U>) | undefined;
}

/** A sample of an epoch. Where that may bring it several times `draw` is its position. */
export interface NumberedSample {
  readonly epoch: number;
  readonly index: number;
  readonly draw?: number | undefined;
}

/** What a sample's random numbers are of. */
export function keyOf(seed: number, { epoch, index, draw }: NumberedSample): RandomKey {
  return draw === undefined
    ? randomKey(seed, epoch, PURPOSE.sample, index)
    : randomKey(seed, epoch, PURPOSE.draw, draw);
}

/** What a sample is made with: its random numbers are made when they are asked for. */
export function contextOf(
  { seed, signal }: Pick<TransformGround<never, unknown>, "seed" | "signal">,
  sample: NumberedSample,
): SampleContext {
  const { epoch, index } = sample;
  let random: (() => number) | undefined;
  return {
    index,
    epoch,
    signal,
    random: () => (random ??= randomSequence(keyOf(seed, sample)))(),
  };
}

/** Makes the other one of a sample. `lot` says what the sample is part of, so that it can be moved, and made again. */
export async function transformSample<T, U>(
  { transform }: Pick<TransformGround<T, U>, "transform">,
  sample: T,
  context: SampleContext,
  lot: SampleLot<T>,
): Promise<U> {
  // Without a transformation samples are of one type.
  if (!transform) return sample as unknown as U;
  const made = transform(sample, context, lot);
  return made instanceof Promise ? await made : made;
}
