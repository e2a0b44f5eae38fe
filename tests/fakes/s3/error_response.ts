import type { ServiceFault, WireResponse } from "@lade/testing/http";
import { messageOf, type S3ErrorCode } from "./s3_error.ts";
import type { S3Request } from "./s3_request.ts";
import { element, xmlDocument } from "../parts/write_xml.ts";

/** What an error's document says of its request. */
export interface RequestNames {
  /** The path as sent. */
  resource: string;
  /** The request's id. */
  requestId: string;
}

/** What documents and headers say of a request. */
export function namesOf({ path, id }: S3Request): RequestNames {
  return { resource: path, requestId: id.toString(16).toUpperCase().padStart(16, "0") };
}

/** An error as the service answers it: a document in chunks, except where the status has no body. */
export function errorResponse(
  fault: ServiceFault,
  request: RequestNames = { resource: "", requestId: "0" },
): WireResponse {
  const { status, details, headers, redirectTo } = fault;
  const code = fault.code ?? CODES[status] ?? "InternalError";
  const message = fault.message === "" ? messageOf(code) ?? code : fault.message;
  // The service names the host of a permanent redirect in the document alone.
  const fields = status === 307 && redirectTo !== undefined ? { ...headers, Location: redirectTo } : headers;
  const named = redirectTo === undefined ? details : { ...details, Endpoint: new URL(redirectTo).host };
  if (status === 304) {
    return { status, headers: fields, body: new Uint8Array(0), chunked: false, errorCode: code };
  }
  const document = xmlDocument("Error", [
    element("Code", code),
    element("Message", message),
    ...Object.entries(named).map(([name, value]) => element(name, value)),
    element("Resource", request.resource),
    element("RequestId", request.requestId),
    element("HostId", "fake"),
  ], "");
  return {
    status,
    headers: { ...fields, "Content-Type": "application/xml" },
    body: new TextEncoder().encode(document),
    chunked: true,
    errorCode: code,
  };
}

/** The code of an error that names none. */
const CODES: Readonly<Record<number, S3ErrorCode>> = {
  301: "PermanentRedirect",
  307: "TemporaryRedirect",
  403: "AccessDenied",
  503: "SlowDown",
};
