/**
 * Orders of samples: pure functions of seed, epoch and description.
 *
 * @module
 */
export * from "./sampler.ts";
export * from "./sequential.ts";
export * from "./shuffled.ts";
export * from "./block_shuffled.ts";
export * from "./weighted.ts";
export { mixed, type MixedSampler } from "./mixed.ts";
export { type MixtureEpoch, mixtureEpoch } from "./mixture_epoch.ts";
export * from "./mixture_lanes.ts";
export type { StreamOrder } from "./stream_order.ts";
export * from "./sampler_of.ts";
export * from "./shares.ts";
export { type RandomKey, randomKey, randomSequence, randomUnit } from "./keyed_random.ts";
export { type Permutation, permutation } from "./permutation.ts";
