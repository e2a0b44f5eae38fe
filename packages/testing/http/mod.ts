/**
 * What a fake service over HTTP is made of: a server on 127.0.0.1 that speaks the wire protocol itself, keeps a record
 * of every request and misbehaves on command, on every byte where that is asked for. No npm package.
 *
 * ```ts
 * import { FakeServer, type RequestRecord, ServiceFault, type UnreadRequest, type WireResponse } from "@lade/testing/http";
 *
 * class FakeClock extends FakeServer {
 *   protected override describe(record: UnreadRequest): RequestRecord {
 *     return { ...record, operation: "time" };
 *   }
 *   protected override serve(): WireResponse {
 *     const body = new TextEncoder().encode(new Date(this.clock()).toISOString());
 *     return { status: 200, headers: {}, body, chunked: false };
 *   }
 *   protected override refuse({ status, message }: ServiceFault): WireResponse {
 *     return { status, headers: {}, body: new TextEncoder().encode(message), chunked: false };
 *   }
 * }
 *
 * await using fake = await new FakeClock().listen();
 * fake.faults.add({
 *   match: { operation: "time", nth: 2 },
 *   action: { kind: "cut", afterBytes: 3, how: "rst" },
 * });
 * // A client of fake.url; then:
 * fake.requests.map(({ operation, status, bytesSent }) => ({ operation, status, bytesSent }));
 * ```
 *
 * @module
 */
export { FakeServer, type FakeServerOptions, type ServedRequest } from "./fake_server.ts";
export { FaultyProxy, type FaultyProxyOptions } from "./faulty_proxy.ts";
export type { RequestRecord, UnreadRequest } from "./request_record.ts";
export { ServiceFault, type ServiceFaultOptions } from "./service_fault.ts";
export type { ActionOf, FaultAction } from "./faults/fault_action.ts";
export { Fault, type FaultSpec } from "./faults/fault.ts";
export type { FaultMatch } from "./faults/fault_match.ts";
export { FaultPlan, type Releasable } from "./faults/fault_plan.ts";
export { FaultSet } from "./faults/fault_set.ts";
export { type ListedName, listNames, type NameQuery } from "./list_names.ts";
export { emptyResponse, jsonResponse, objectResponse } from "./plain_responses.ts";
export { LanedTransport } from "./laned_transport.ts";
export { latin1, Peer, RawServer, until } from "./raw_server.ts";
export { RawConnection, type RawResponse } from "./raw_connection.ts";
export { makeCertificate, type TlsCertificate } from "./tls_certificate.ts";
export { ByteReader, EndOfStreamError, FramingError } from "./wire/byte_reader.ts";
export { HeaderList } from "./wire/header_list.ts";
export type { Pace } from "./wire/pacer.ts";
export { RequestBody, type RequestBodyHooks } from "./wire/request_body.ts";
export { type BodyFraming, parseRequestHead, type RequestHead } from "./wire/request_head.ts";
export type { PieceBody, WireResponse } from "./wire/response.ts";
export type { CutMode } from "./wire/send_response.ts";
