/**
 * What carries requests in isolates of their own, for whoever tests a transport over it.
 *
 * @module
 */
export { LaneCarrier, type LaneCarrierSetup } from "./lane_carrier.ts";
export type { LaneWorker } from "./lane_link.ts";
export type { LaneCommand, LaneConfig, LaneReport } from "./lane_messages.ts";
export { LaneServer } from "./lane_server.ts";
export { type Attempt, type AttemptSender, sendWithRetry } from "./send_with_retry.ts";
export { TcpCarrier } from "./tcp_carrier.ts";
export { completeTransportOptions, type TransportConfig } from "./transport_config.ts";
export { hedgerOf } from "./hedger.ts";
