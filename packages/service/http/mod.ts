/**
 * The one way to a service over HTTP: connections, timeouts and retries for the control plane and the data plane.
 *
 * @module
 */
export type {
  BulkCarrier,
  ConnectionInfo,
  HeaderList,
  RequestBody,
  RequestHead,
  ResponseBody,
  ResponseTimings,
  StreamedBody,
  Transport,
  TransportRequest,
  TransportResponse,
} from "./transport.ts";
export { parseRetryAfter, type RetryAfterHeaders } from "@lade/core/retry";
export type { EndpointAddresses, Interceptor, Resolver, TransportOptions } from "./transport_options.ts";
export { TransportFigures } from "./transport_figures.ts";
export type { EndedBody, ObservedAddress, TransportObserver } from "./transport_observer.ts";
export { type ResponseLimits, responseLimits } from "./response_limits.ts";
export { abortable } from "./abortable.ts";
export { ResponseHeaders } from "./response_headers.ts";
export { describePage, isPage, PAGE_PEEK_BYTES } from "./describe_page.ts";
export { type EndpointHealth, EndpointHealths } from "./endpoint_health.ts";
export { EndpointSigns, type SignNames } from "./endpoint_signs.ts";
export { type AskedEndpoint, givenAddresses } from "./given_addresses.ts";
export { isLocal, isLoopback, plainHttpFault } from "./host_kinds.ts";
export { encodePath, encodeQuery, encodeStrict } from "./percent_encode.ts";
export { createResponseBody, type ResponseBodyOptions } from "./response_body.ts";
export {
  type SentState,
  TransportError,
  type TransportErrorKind,
  type TransportErrorOptions,
} from "./transport_error.ts";
export { transportErrorToStoreError } from "./transport_error_to_store_error.ts";
export { type Bounds, defaultBounds } from "@lade/core/bounds";
export { boundTransport } from "./bound_transport.ts";
export { partChecksums } from "./part_checksums.ts";
export { configuredTransport } from "./configured_transport.ts";
export { TransportShare } from "./transport_share.ts";
export { TcpTransport } from "./tcp_transport.ts";
export { FetchTransport, type FetchTransportOptions } from "./fetch_transport.ts";
export { createTransport, type CreateTransportOptions } from "./create_transport.ts";
export { type ProxyEnvironment, proxyForUrl } from "./proxy_for_url.ts";
