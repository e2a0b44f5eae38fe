import type { Response } from "./wire/response.ts";
import { element, xmlDocument } from "./xml/write_xml.ts";

/** An error to be answered. */
export interface ErrorAnswer {
  /** The status. */
  status: number;
  /** The service's code. */
  code: string;
  /** The message. */
  message: string;
  /** Further elements. */
  details: Readonly<Record<string, string>>;
  /** Header fields. */
  headers: Record<string, string>;
}

/** An error as the service answers it: a document in chunks, except where the status has no body. */
export function errorResponse(
  error: ErrorAnswer,
  request: { resource: string; requestId: string },
): Response {
  const bodiless = error.status === 304;
  return {
    status: error.status,
    headers: bodiless ? error.headers : { ...error.headers, "Content-Type": "application/xml" },
    body: bodiless ? new Uint8Array(0) : new TextEncoder().encode(errorDocument(error, request)),
    chunked: !bodiless,
    errorCode: error.code,
  };
}

/** The document that describes an error. */
export function errorDocument(
  error: Pick<ErrorAnswer, "code" | "message" | "details">,
  request: { resource: string; requestId: string },
): string {
  return xmlDocument("Error", [
    element("Code", error.code),
    element("Message", error.message),
    ...Object.entries(error.details).map(([name, value]) => element(name, value)),
    element("Resource", request.resource),
    element("RequestId", request.requestId),
    element("HostId", "fake"),
  ], "");
}
