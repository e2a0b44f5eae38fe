import { GcsError } from "../gcs_error.ts";
import type { Target } from "../target.ts";

/** What a request can ask for: the methods of the JSON API by their names, those of the XML API behind `xml.`. */
export type Operation =
  | "batch"
  | "buckets.delete"
  | "buckets.get"
  | "buckets.insert"
  | "buckets.list"
  | "buckets.patch"
  | "objects.compose"
  | "objects.delete"
  | "objects.get"
  | "objects.getMedia"
  | "objects.insert"
  | "objects.list"
  | "objects.move"
  | "objects.patch"
  | "objects.rewrite"
  | "resumable.cancel"
  | "resumable.finish"
  | "resumable.put"
  | "resumable.query"
  | "resumable.start"
  | "xml.abortMultipart"
  | "xml.completeMultipart"
  | "xml.deleteObject"
  | "xml.getObject"
  | "xml.headObject"
  | "xml.listMultiparts"
  | "xml.listParts"
  | "xml.putObject"
  | "xml.putPart"
  | "xml.startMultipart";

/** What tells one request from another. */
export interface RouteInput {
  /** The method. */
  readonly method: string;
  /** Where it leads. */
  readonly target: Target;
  /** The query, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** `Content-Range`. */
  readonly contentRange: string | undefined;
}

const JSON_API: Readonly<Record<string, Operation>> = {
  "POST batch service": "batch",
  "GET service": "buckets.list",
  "POST service": "buckets.insert",
  "GET bucket": "buckets.get",
  "PATCH bucket": "buckets.patch",
  "DELETE bucket": "buckets.delete",
  "GET objects": "objects.list",
  "GET object": "objects.get",
  "PATCH object": "objects.patch",
  "DELETE object": "objects.delete",
  "POST object rewriteTo": "objects.rewrite",
  "POST object moveTo": "objects.move",
  "POST object compose": "objects.compose",
  "GET download object": "objects.getMedia",
  "DELETE upload objects": "resumable.cancel",
};

const XML_API: Readonly<Record<string, Operation>> = {
  "GET object": "xml.getObject",
  "HEAD object": "xml.headObject",
  "PUT object": "xml.putObject",
  "DELETE object": "xml.deleteObject",
  "POST object uploads": "xml.startMultipart",
  "PUT object uploadId": "xml.putPart",
  "GET object uploadId": "xml.listParts",
  "POST object uploadId": "xml.completeMultipart",
  "DELETE object uploadId": "xml.abortMultipart",
  "GET bucket uploads": "xml.listMultiparts",
};

/** The operation that a request asks for; one that is unknown is refused. */
export function route(input: RouteInput): Operation {
  const { method, query, target: { api, way, shape, verb } } = input;
  const operation = api === "xml"
    ? XML_API[
      words(method, shape, query.has("uploads") ? "uploads" : query.has("uploadId") ? "uploadId" : "")
    ]
    : way === "upload" && shape === "objects" && method !== "DELETE"
    ? uploadOperation(input)
    : JSON_API[words(method, way, shape, verb)];
  if (operation === undefined) throw new GcsError(api === "xml" ? "MethodNotAllowed" : "NotFound");
  return operation === "objects.get" && query.get("alt") === "media" ? "objects.getMedia" : operation;
}

function uploadOperation({ method, query, contentRange }: RouteInput): Operation | undefined {
  if (query.has("upload_id")) return sessionOperation(contentRange);
  if (method !== "POST") return undefined;
  return query.get("uploadType") === "resumable" ? "resumable.start" : "objects.insert";
}

/** The bytes that end an upload are told from those before, and both from the question how far it is. */
function sessionOperation(contentRange = "bytes 0-*/*"): Operation {
  const [, span = "", last = "", size = ""] = /^bytes (\*|\d+-(\d+|\*))\/(\d+|\*)$/.exec(contentRange) ?? [];
  if (span === "*") return "resumable.query";
  return last === "*" || last === String(Number(size) - 1) ? "resumable.finish" : "resumable.put";
}

function words(...all: readonly string[]): string {
  return all.filter((word) => word !== "").join(" ");
}
