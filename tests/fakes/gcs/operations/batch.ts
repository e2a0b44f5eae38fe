import type { HeaderList, WireResponse } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";
import type { Call, InnerRequest } from "./call.ts";
import { cutHead, readFields, splitMultipart } from "./multipart.ts";

/** Largest body of a batch. */
const MAX_BODY = 10 * 2 ** 20;

/** A batch: requests that carry no bytes of objects, each with its own answer. */
export async function batch(call: Call): Promise<WireResponse> {
  const { server: { settings, serveInner }, headers, body } = call;
  if (settings.refusesBatches) throw new GcsError("NotFound");
  const bytes = await body.bytes();
  if (bytes.length > MAX_BODY) throw new GcsError("InvalidArgument", "The batch request is too large.");
  const parts = splitMultipart(bytes, headers.get("content-type") ?? "", "mixed");
  if (parts.length === 0) throw new GcsError("InvalidArgument", "The batch request has no calls.");
  if (parts.length > settings.maxBatchCount) {
    throw new GcsError("InvalidArgument", `The batch request has more than ${settings.maxBatchCount} calls.`);
  }
  const requests = parts.map((part) => ({ id: part.headers.get("content-id"), request: readInner(part) }));
  const boundary = `batch_${crypto.randomUUID()}`;
  let text = "";
  for (const { id, request } of requests) {
    const response = await serveInner(request, call);
    const answered = id === undefined
      ? ""
      : `Content-ID: ${id.replace(/^<?/, (open) => `${open}response-`)}\r\n`;
    text += `--${boundary}\r\nContent-Type: application/http\r\n${answered}\r\n${written(response)}\r\n`;
  }
  return {
    status: 200,
    headers: { "Content-Type": `multipart/mixed; boundary=${boundary}` },
    body: new TextEncoder().encode(`${text}--${boundary}--\r\n`),
    chunked: true,
  };
}

function readInner(
  part: { readonly headers: HeaderList; readonly body: Uint8Array<ArrayBuffer> },
): InnerRequest {
  if (!/^application\/http\b/i.test(part.headers.get("content-type") ?? "")) {
    throw new GcsError("InvalidArgument", "The parts of a batch must be of the type application/http.");
  }
  const { lines: [line = "", ...fields], body } = cutHead(ended(part.body));
  const [, method, target] = /^([A-Z]+) (\/\S*)(?: HTTP\/1\.1)?$/.exec(line) ?? [];
  if (method === undefined || target === undefined) {
    throw new GcsError("InvalidArgument", "Failed to parse batch request.");
  }
  if (/^\/(?:batch|upload|download)\//.test(target) || /[?&]alt=media/.test(target)) {
    throw new GcsError("InvalidArgument", "A batch carries neither batches nor the bytes of objects.");
  }
  const headers = readFields(fields);
  return { method, target, headers, body: Uint8Array.from(body) };
}

/** A request without fields and body may end with its line. */
function ended(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes("\r\n\r\n")) return bytes;
  return new TextEncoder().encode(text.replace(/(?:\r\n)*$/, "\r\n\r\n"));
}

function written({ status, headers, body }: WireResponse): string {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
  const fields = { ...headers, "Content-Length": String(new TextEncoder().encode(text).length) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n${lines.join("")}\r\n${text}`;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  403: "Forbidden",
  404: "Not Found",
  412: "Precondition Failed",
  429: "Too Many Requests",
  503: "Service Unavailable",
};
