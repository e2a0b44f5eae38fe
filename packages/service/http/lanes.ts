/**
 * What carries requests in isolates of their own, for whoever tests a transport over it.
 *
 * @module
 */
export { LaneCarrier, type LaneCarrierSetup } from "./lane_carrier.ts";
export type { Flight } from "./flight.ts";
export type { HttpResponse } from "./http_response.ts";
export type { LaneWorker } from "./lane_link.ts";
export type {
  LaneCommand,
  LaneConfig,
  LaneConnection,
  LaneFailure,
  LaneHead,
  LaneReport,
  LaneRequest,
  LaneTarget,
  LaneTransportFailure,
} from "./lane_messages.ts";
export type { RequestPayload } from "./request_payload.ts";
export type { FailedTry } from "./retries.ts";
export { LaneServer } from "./lane_server.ts";
export {
  type Attempt,
  type AttemptSender,
  type Outcome,
  sendWithRetry,
  type Trying,
  type TrySender,
} from "./send_with_retry.ts";
export { TcpCarrier } from "./tcp_carrier.ts";
export { completeTransportOptions, type TransportConfig } from "./transport_config.ts";
export { type Hedger, hedgerOf } from "./hedger.ts";
