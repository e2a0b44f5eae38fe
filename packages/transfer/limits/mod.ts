/**
 * What limits a transfer: the disk, one connection, the network, the service, the cores, the number of objects, or what was
 * given.
 *
 * @module
 */
export type { LimitKind } from "./judge_limit.ts";
export type { CpuTime, SampledStores } from "./limit_sample.ts";
export type { LimitWork } from "./limit_window.ts";
export { type LimitFigures, LimitWatch, type LimitWatchOptions, type TransferLimit } from "./watch_limits.ts";
