import { HeaderList, type WireResponse } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";
import { type Call, containerOf, type InnerRequest } from "./call.ts";
import { receiveBody } from "./receive_body.ts";

/** Largest body of a batch. */
const MAX_BODY = 4 * 2 ** 20;

/** Blob Batch: deletions, or changes of tiers, each with its own authorization and its own answer. */
export async function blobBatch(call: Call): Promise<WireResponse> {
  const { server, headers } = call;
  if (server.settings.refusesBatches) throw new AzureError("AuthorizationFailure");
  if (call.containerName !== "") containerOf(call);
  const type = headers.get("content-type") ?? "";
  const [, boundary] = /^multipart\/mixed;\s*boundary="?([^"]+)"?$/i.exec(type) ?? [];
  if (boundary === undefined) throw badHeader("Content-Type", type);
  const { content } = await receiveBody(call, { limit: MAX_BODY });
  const text = [...content.slice(0, content.size)].map((piece) => new TextDecoder("latin1").decode(piece))
    .join("");
  const parts = splitParts(text, boundary).map((part) => readPart(part, headers.get("host") ?? ""));
  if (parts.length === 0 || parts.length > server.settings.maxBatchCount) {
    throw new AzureError("InvalidInput");
  }
  if (new Set(parts.map(({ request }) => request.method)).size > 1) throw new AzureError("InvalidInput");
  const answer = `batchresponse_${crypto.randomUUID()}`;
  let body = "";
  for (const { id, request } of parts) {
    checkPlace(call, request);
    const response = await server.serveInner(request);
    const contentId = id === undefined ? "" : `Content-ID: ${id}\r\n`;
    body += `--${answer}\r\nContent-Type: application/http\r\n${contentId}\r\n${written(response)}\r\n`;
  }
  return {
    status: 202,
    headers: { "Content-Type": `multipart/mixed; boundary=${answer}` },
    body: new TextEncoder().encode(`${body}--${answer}--\r\n`),
    chunked: true,
  };
}

function splitParts(text: string, boundary: string): string[] {
  const [first, ...parts] = `\r\n${text}`.split(`\r\n--${boundary}`);
  if (first !== "" || !parts.at(-1)?.startsWith("--")) throw new AzureError("InvalidInput");
  return parts.slice(0, -1);
}

function readPart(
  part: string,
  host: string,
): { readonly id: string | undefined; readonly request: InnerRequest } {
  const [outer = "", inner = ""] = part.replace(/^\r\n/, "").split(/\r\n\r\n([\s\S]*)/);
  const about = readFields(outer.split("\r\n"));
  if (about.get("content-type")?.toLowerCase() !== "application/http") throw new AzureError("InvalidInput");
  const [line = "", ...fields] = (inner.split("\r\n\r\n")[0] ?? "").split("\r\n");
  const [, method, target] = /^([A-Z]+) (\/\S*) HTTP\/1\.1$/.exec(line) ?? [];
  if (method === undefined || target === undefined) throw new AzureError("InvalidInput");
  const headers = readFields(fields.filter((field) => field !== ""));
  if (headers.has("x-ms-version")) throw new AzureError("InvalidInput");
  headers.append("host", host);
  return {
    id: about.get("content-id"),
    request: { method, target, headers, allowed: ["DeleteBlob", "SetBlobTier"] },
  };
}

function readFields(lines: readonly string[]): HeaderList {
  const headers = new HeaderList();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new AzureError("InvalidInput");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

/** A batch of a container may ask for blobs of this container alone. */
function checkPlace({ containerName, accountPath }: Call, { target }: InnerRequest): void {
  if (containerName === "" || target.startsWith(`${accountPath}/${containerName}/`)) return;
  throw new AzureError("InvalidInput");
}

function written({ status, headers, body }: WireResponse): string {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : "";
  const fields = {
    ...headers,
    ...(text !== "" && { "Content-Length": String(new TextEncoder().encode(text).length) }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${REASONS[status] ?? "Status"}\r\n${lines.join("")}\r\n${text}`;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  202: "Accepted",
  403: "Forbidden",
  404: "The specified blob does not exist.",
  409: "Conflict",
  412: "The condition specified using HTTP conditional header(s) is not met.",
};
