import type { WireResponse } from "@lade/testing/http";
import { BytesContent, SyntheticContent } from "../../parts/content.ts";
import { GcsError } from "../gcs_error.ts";
import { readDocument } from "./attributes.ts";
import { bucketOf, type Call, jsonResponse, parseObject } from "./call.ts";
import { checkClaims, checksumsOf, claimedIn } from "./checksums.ts";
import { checkPermission } from "./check_access.ts";
import { checkWriteConditions } from "./conditions.ts";
import { checkObjectName } from "./names.ts";
import { splitMultipart } from "./multipart.ts";
import { objectResource } from "./object_resource.ts";
import { receiveBody, type ReceivedBody } from "./receive_body.ts";
import { storeObject } from "./store_object.ts";

/** `objects.insert` in one request: bytes alone, or a document and bytes. */
export async function insertObject(call: Call): Promise<WireResponse> {
  const { query, headers } = call;
  const type = query.get("uploadType");
  if (type !== "media" && type !== "multipart") {
    throw new GcsError("InvalidArgument", `Invalid uploadType '${type}'.`);
  }
  const bucket = bucketOf(call);
  const { received, document } = type === "media"
    ? { received: await receiveBody(call.body, limitsOf(call)), document: mediaDocument(call) }
    : await receiveRelated(call);
  const name = nameOf(query, document);
  checkObjectName(name);
  checkClaims({ ...claimedIn(headers), ...claimedBy(document) }, received.content, received);
  const current = bucket.entry(name)?.current;
  if (current) checkPermission(call, "objects.delete");
  checkWriteConditions(call, current);
  const attributes = readDocument(document, bucket, query);
  return jsonResponse(
    objectResource(call, bucket, storeObject(call, bucket, { name, attributes, ...received })),
  );
}

/** The name of an object to be, in the query or the document. */
export function nameOf(
  query: ReadonlyMap<string, string>,
  { name: inner }: Readonly<Record<string, unknown>>,
): string {
  const name = query.get("name") ?? inner;
  if (typeof name !== "string" || name === "") {
    throw new GcsError("RequiredParameter", "Required parameter: name");
  }
  if (inner !== undefined && inner !== name) {
    throw new GcsError("InvalidArgument", `Value '${inner}' in content does not agree with value '${name}'.`);
  }
  return name;
}

/** The checksums that a document claims. */
export function claimedBy({ crc32c, md5Hash }: Readonly<Record<string, unknown>>): Record<string, string> {
  return {
    ...(typeof crc32c === "string" && { crc32c }),
    ...(typeof md5Hash === "string" && { md5: md5Hash }),
  };
}

/** What a body is received by. */
export function limitsOf(call: Call): { readonly discard: boolean; readonly maxMd5Size: number } {
  return { discard: bucketOf(call).settings.discard, maxMd5Size: call.server.settings.maxMd5Size };
}

function mediaDocument({ headers, query }: Call): Record<string, unknown> {
  return { contentType: headers.get("content-type"), contentEncoding: query.get("contentEncoding") };
}

async function receiveRelated(
  call: Call,
): Promise<{ readonly received: ReceivedBody; readonly document: Record<string, unknown> }> {
  const { discard, maxMd5Size } = limitsOf(call);
  const parts = splitMultipart(await call.body.bytes(), call.headers.get("content-type") ?? "", "related");
  const [about, media] = parts;
  if (about === undefined || media === undefined || parts.length !== 2) {
    throw new GcsError("InvalidArgument", "Malformed multipart body.");
  }
  if (!/^application\/json\b/i.test(about.headers.get("content-type") ?? "")) {
    throw new GcsError("InvalidArgument", "The first part of a multipart upload must be in JSON.");
  }
  const document = parseObject(new TextDecoder().decode(about.body));
  const content = discard ? new SyntheticContent(media.body.length, 0) : new BytesContent(media.body);
  const sums = checksumsOf(new BytesContent(media.body), maxMd5Size);
  document["contentType"] ??= media.headers.get("content-type");
  return { received: { content, ...sums }, document };
}
