import { blockShuffled, type LoaderLevel, sequential, shuffled, Steps } from "@lade/loader";

/** The first samples of the first epoch that a rank is handed, `count` at most. */
export function samplesOfRank(level: LoaderLevel, count: number): number[] {
  const { order, seed, globalBatchSize, world, remainder } = level;
  const { length, block = 1, window = 1, lanes = 1 } = order;
  const sampler = order.kind === "full"
    ? shuffled(length, seed, 0)
    : order.kind === "block"
    ? blockShuffled(length, seed, 0, { block, window, lanes })
    : sequential(length);
  const steps = new Steps(length, { globalBatch: globalBatchSize, world, remainder });
  const first: number[] = [];
  for (let step = 0; step < steps.count && first.length < count; step++) {
    const { first: start, count: own, stride } = steps.shareOf(step);
    for (let i = 0; i < own && first.length < count; i++) first.push(sampler.at(start + i * stride));
  }
  return first;
}
