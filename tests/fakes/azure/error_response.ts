import type { ServiceFault, WireResponse } from "@lade/testing/http";
import { element, xmlDocument } from "../parts/write_xml.ts";
import { catalogued } from "./azure_error.ts";
import type { AzureRequest } from "./azure_request.ts";

/** What documents and headers say of a request. */
export function requestId(request: Pick<AzureRequest, "id"> | undefined): string {
  return `00000000-0000-0000-0000-${(request?.id ?? 0).toString(16).padStart(12, "0")}`;
}

/** The code of an error that names none. */
const CODES: Readonly<Record<number, string>> = {
  304: "ConditionNotMet",
  400: "InvalidInput",
  401: "NoAuthenticationInformation",
  403: "AuthorizationFailure",
  404: "ResourceNotFound",
  409: "ResourceTypeMismatch",
  412: "ConditionNotMet",
  500: "InternalError",
  503: "ServerBusy",
};

/** An error as the service answers it: in XML, in JSON by the file system's endpoint, not at all with 304. */
export function errorResponse(
  fault: ServiceFault,
  request: AzureRequest | undefined,
  now: number,
): WireResponse {
  const { status, details, headers, redirectTo } = fault;
  const code = fault.code ?? CODES[status] ?? "InternalError";
  // The service redirects nobody: whoever does has no words of its own.
  if (redirectTo !== undefined) {
    return { status, headers: { ...headers, Location: redirectTo }, body: new Uint8Array(0), chunked: false };
  }
  const text = fault.message === "" ? catalogued(code)?.[1] ?? code : fault.message;
  const message = `${text}\nRequestId:${requestId(request)}\nTime:${new Date(now).toISOString()}`;
  const fields = { ...headers, "x-ms-error-code": code };
  if (status === 304) {
    return { status, headers: fields, body: new Uint8Array(0), chunked: false, errorCode: code };
  }
  const isPath = /^(?:Path|Filesystem)/.test(request?.operation ?? "");
  const document = isPath ? JSON.stringify({ error: { code, message } }) : "\ufeff" + xmlDocument("Error", [
    element("Code", code),
    element("Message", message),
    ...Object.entries(details).map(([name, value]) => element(name, value)),
  ], "");
  return {
    status,
    headers: { ...fields, "Content-Type": isPath ? "application/json;charset=utf-8" : "application/xml" },
    body: new TextEncoder().encode(document),
    chunked: false,
    errorCode: code,
  };
}
