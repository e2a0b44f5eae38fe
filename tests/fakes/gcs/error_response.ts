import type { ServiceFault, WireResponse } from "@lade/testing/http";
import { element, xmlDocument } from "../parts/write_xml.ts";
import { catalogued } from "./gcs_error.ts";
import type { GcsRequest } from "./gcs_request.ts";

/** What is known of a request that is refused. */
type Refused = Pick<GcsRequest, "operation" | "path" | "headers">;

/**
 * An error as the service answers it: XML by the XML API, JSON by the JSON API, text alone where bytes were asked for or
 * a chunk leaves a gap, nothing with 304.
 */
export function errorResponse(fault: ServiceFault, request: Refused | undefined): WireResponse {
  const { status, headers, redirectTo } = fault;
  if (redirectTo !== undefined) {
    return { status, headers: { ...headers, Location: redirectTo }, body: new Uint8Array(0), chunked: false };
  }
  const { code, reason, message: usual } = catalogued(fault.code, status);
  const message = fault.message === "" ? usual : fault.message;
  const answer = (type: string, text: string): WireResponse => ({
    status,
    headers: {
      ...(status === 401 && { "WWW-Authenticate": challenge(request) }),
      ...(text !== "" && { "Content-Type": `${type}; charset=UTF-8` }),
      ...headers,
    },
    body: new TextEncoder().encode(text),
    chunked: false,
    errorCode: code,
  });
  const operation = request?.operation ?? (request?.path.includes("/o") ? "objects.get" : "xml.getObject");
  if (status === 304) return answer("", "");
  if (code === "OffsetGap") return answer("text/plain", message);
  if (operation === "objects.getMedia") return answer("text/html", message);
  if (operation.startsWith("xml.")) {
    return answer("application/xml", xmlError(code, usual, message, fault.details));
  }
  const { location, locationType, ...details } = fault.details;
  const error = {
    message,
    domain: status === 429 ? "usageLimits" : "global",
    reason,
    ...(location !== undefined && { locationType, location }),
  };
  return answer(
    "application/json",
    JSON.stringify({ error: { code: status, message, errors: [error], ...details } }),
  );
}

function challenge(request: Refused | undefined): string {
  const realm = `Bearer realm="https://accounts.google.com/"`;
  return request?.headers["authorization"] === undefined ? realm : `${realm}, error="invalid_token"`;
}

function xmlError(
  code: string,
  usual: string,
  message: string,
  { location: _, locationType: __, ...details }: Readonly<Record<string, string>>,
): string {
  return xmlDocument("Error", [
    element(
      "Code",
      code === "AnonymousDenied" ? "AccessDenied" : code === "BackendError" ? "ServiceUnavailable" : code,
    ),
    element("Message", usual),
    message === usual ? undefined : element("Details", message),
    ...Object.entries(details).map(([name, value]) => element(name, value)),
  ], "");
}
