import { type LoaderLevel, samplerOf, Steps } from "@lade/loader";

/** The first samples of the first epoch that a rank is handed, `count` at most. */
export function samplesOfRank(level: LoaderLevel, count: number): number[] {
  const { order, seed, globalBatchSize, world, remainder } = level;
  const sampler = samplerOf(order, { seed, epoch: 0 });
  const steps = new Steps(order.length, { globalBatch: globalBatchSize, world, remainder });
  const first: number[] = [];
  for (let step = 0; step < steps.count && first.length < count; step++) {
    const { first: start, count: own, stride } = steps.shareOf(step);
    for (let i = 0; i < own && first.length < count; i++) first.push(sampler.at(start + i * stride));
  }
  return first;
}
