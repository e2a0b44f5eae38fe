import type { ServedRequest } from "./fake_server.ts";
import { ServiceFault } from "./service_fault.ts";
import type { WireResponse } from "./wire/response.ts";

/** An answer without a body. */
export function emptyResponse(status: number, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: new Uint8Array(0), chunked: false };
}

/** A document in JSON. */
export function jsonResponse(value: unknown, status = 200): WireResponse {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { "Content-Type": "application/json" }, body, chunked: false };
}

/**
 * The answer to a GET or HEAD of an object, as RFC 9110 has it: conditions on its etag (sections 13.1.1 and 13.1.2, as
 * refusals with 412 and 304), one range of bytes (section 14), and what the headers say.
 */
export function objectResponse(
  { record: { headers }, ignoresRange }: Pick<ServedRequest, "record" | "ignoresRange">,
  bytes: Uint8Array,
  told: Readonly<Record<string, string>> & { readonly ETag: string },
): WireResponse {
  const { "if-match": match = told.ETag, "if-none-match": none, range = "" } = headers;
  if (match !== told.ETag && match !== "*") throw new ServiceFault({ status: 412 });
  if (none === told.ETag || none === "*") throw new ServiceFault({ status: 304 });
  const [asked, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (ignoresRange || asked === undefined) return { status: 200, headers: told, body: bytes, chunked: false };
  const size = bytes.length;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  const unit = { "Content-Range": `bytes ${start < end ? `${start}-${end - 1}` : "*"}/${size}` };
  if (start >= end) throw new ServiceFault({ status: 416, headers: unit });
  return { status: 206, headers: { ...told, ...unit }, body: bytes.subarray(start, end), chunked: false };
}
