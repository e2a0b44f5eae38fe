/**
 * Replays of op-logs: the same operations at the same times, or faster, on other stores.
 *
 * @module
 */
export { OP_KINDS, type OpKind, type PassedOver } from "./choose_ops.ts";
export { MARKER } from "./claim_targets.ts";
export { orderByStart, type OrderByStartOptions } from "./order_by_start.ts";
export {
  type NeededObject,
  planReplay,
  type PlanReplayOptions,
  type ReplayPlan,
  type ReplayRoute,
} from "./plan_replay.ts";
export { type Prepared, prepareReplay } from "./prepare_replay.ts";
export { replay } from "./replay.ts";
export type { ReplayChoice, ReplayOptions, StoreResolver } from "./replay_options.ts";
export type { OpFigures, Outcomes, ReplayedOp, ReplayError, ReplayResult } from "./replay_result.ts";
export { type Balance, parseUriRule, type UriRule } from "./uri_map.ts";
