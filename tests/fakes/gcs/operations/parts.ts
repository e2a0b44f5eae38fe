import { emptyResponse, type WireResponse } from "@lade/testing/http";
import { combineCrc32c, crc32cFromBase64, crc32cToBase64 } from "@lade/codec/checksum";
import { JoinedContent } from "../../parts/content.ts";
import { childrenOf, MalformedXmlError, parseXml, textOf } from "../../parts/parse_xml.ts";
import { element } from "../../parts/write_xml.ts";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { PartUpload, StoredPart } from "../store/part_upload.ts";
import { readHeaders } from "./attributes.ts";
import { bucketOf, type Call, isoTime, queryNumber, xmlEtag } from "./call.ts";
import { checkPermission } from "./check_access.ts";
import { checkClaims, checksumsOf, claimedIn } from "./checksums.ts";
import { hasXmlConditions } from "./conditions.ts";
import { checkObjectName } from "./names.ts";
import { receiveBody } from "./receive_body.ts";
import { storeObject } from "./store_object.ts";
import { xmlResponse } from "./xml_response.ts";

/** Most parts of an upload. */
const MAX_PARTS = 10_000;

/** Begins an upload in parts. */
export function startMultipart(call: Call): WireResponse {
  checkSupport(call);
  const { headers, server, target: { key: name } } = call;
  const bucket = bucketOf(call);
  checkObjectName(name);
  const id = `upload-${server.nextGeneration()}`;
  const attributes = readHeaders(headers, bucket);
  bucket.uploads.set(id, { id, name, attributes, parts: new Map(), initiated: server.now() });
  return xmlResponse("InitiateMultipartUploadResult", [
    element("Bucket", bucket.name),
    element("Key", name),
    element("UploadId", id),
  ]);
}

/** Takes a part, or another in the place of one of the same number. */
export async function putPart(call: Call): Promise<WireResponse> {
  checkSupport(call);
  const { headers, body, server } = call;
  const { parts } = uploadOf(call);
  const text = call.query.get("partNumber") ?? "";
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > MAX_PARTS) throw badParameter("partNumber", text);
  if (body.declaredLength === undefined) throw new GcsError("MissingContentLength");
  const { discard } = bucketOf(call).settings;
  const { content, crc32c, md5: computed } = await receiveBody(body, {
    discard,
    maxMd5Size: server.settings.maxMd5Size,
  });
  checkClaims(claimedIn(headers), content, { crc32c, md5: computed });
  // Where no MD5 is computed, the tag is made of the other checksum.
  const etag = `"${Uint8Array.fromBase64(computed ?? crc32c).toHex()}"`;
  parts.set(number, { number, content, etag, crc32c, lastModified: server.now() });
  const hashes: Record<string, string> = { "X-Goog-Hash": `crc32c=${crc32c}` };
  if (computed !== undefined) hashes["x-goog-hash"] = `md5=${computed}`;
  return emptyResponse(200, { "ETag": etag, ...hashes });
}

/** Tells the parts that have arrived, in pages. */
export function listParts(call: Call): WireResponse {
  const { id, name, parts, attributes } = uploadOf(call);
  const limit = queryNumber(call, "max-parts", 1, 1000);
  const after = Number(call.query.get("part-number-marker") ?? 0);
  const due = [...parts.values()].filter(({ number }) => number > after).sort((a, b) => a.number - b.number);
  const page = due.slice(0, limit);
  return xmlResponse("ListPartsResult", [
    element("Bucket", call.target.bucket),
    element("Key", name),
    element("UploadId", id),
    element("StorageClass", attributes.storageClass),
    element("PartNumberMarker", after),
    due.length > limit ? element("NextPartNumberMarker", page.at(-1)?.number) : undefined,
    element("MaxParts", limit),
    element("IsTruncated", due.length > limit),
    ...page.map((part) =>
      element("Part", [
        element("PartNumber", part.number),
        element("LastModified", isoTime(part.lastModified)),
        element("ETag", part.etag),
        element("Size", part.content.size),
      ])
    ),
  ]);
}

/** Makes the object of the parts that the request names. */
export async function completeMultipart(call: Call): Promise<WireResponse> {
  checkSupport(call);
  const { server, target } = call;
  const text = new TextDecoder().decode(await call.body.bytes());
  const upload = uploadOf(call);
  const bucket = bucketOf(call);
  const parts = pickParts(upload, readList(text), server.settings.minPartSize);
  const crc32c = crc32cToBase64(
    parts.reduce((sum, part) => combineCrc32c(sum, crc32cFromBase64(part.crc32c), part.content.size), 0),
  );
  const content = new JoinedContent(parts.map((part) => part.content));
  // What was combined is what the bytes have, as far as that is quickly seen.
  if (content.size <= 2 ** 20 && checksumsOf(content, 0).crc32c !== crc32c) {
    throw new Error("the checksums differ");
  }
  checkClaims(claimedIn(call.headers), content, { crc32c });
  if (bucket.entry(upload.name)?.current) checkPermission(call, "objects.delete");
  const { name, attributes } = upload;
  const object = storeObject(call, bucket, {
    name,
    attributes,
    content,
    crc32c,
    componentCount: parts.length,
  });
  bucket.uploads.delete(upload.id);
  return xmlResponse("CompleteMultipartUploadResult", [
    element("Location", `${server.url()}/${target.bucket}/${encodeURIComponent(name)}`),
    element("Bucket", target.bucket),
    element("Key", name),
    element("ETag", xmlEtag(object)),
  ], { "X-Goog-Hash": `crc32c=${crc32c}`, "X-Goog-Generation": object.generation });
}

/** Gives an upload up, with its parts. */
export function abortMultipart(call: Call): WireResponse {
  const { id } = uploadOf(call);
  bucketOf(call).uploads.delete(id);
  return emptyResponse(204);
}

/** Tells the uploads of a bucket that are under way, in pages. */
export function listMultiparts(call: Call): WireResponse {
  const { query } = call;
  const limit = queryNumber(call, "max-uploads", 1, 1000);
  const [keyMarker, idMarker] = [query.get("key-marker") ?? "", query.get("upload-id-marker") ?? ""];
  const prefix = query.get("prefix") ?? "";
  const due = [...bucketOf(call).uploads.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .filter(({ name, id }) => name > keyMarker || (name === keyMarker && idMarker !== "" && id > idMarker))
    .sort((a, b) => a.name < b.name || (a.name === b.name && a.id < b.id) ? -1 : 1);
  const page = due.slice(0, limit);
  const last = due.length > limit ? page.at(-1) : undefined;
  return xmlResponse("ListMultipartUploadsResult", [
    element("Bucket", call.target.bucket),
    element("KeyMarker", keyMarker),
    element("UploadIdMarker", idMarker),
    element("NextKeyMarker", last?.name),
    element("NextUploadIdMarker", last?.id),
    element("MaxUploads", limit),
    element("IsTruncated", last !== undefined),
    ...page.map(({ name, id, initiated, attributes }) =>
      element("Upload", [
        element("Key", name),
        element("UploadId", id),
        element("StorageClass", attributes.storageClass),
        element("Initiated", isoTime(initiated)),
      ])
    ),
  ]);
}

/** Uploads in parts take no conditions, and are not known to every emulator. */
function checkSupport(call: Call): void {
  if (call.server.settings.refusesParts) throw new GcsError("MethodNotAllowed");
  if (hasXmlConditions(call)) {
    throw new GcsError("NotImplemented", "Preconditions are not supported for multipart uploads.");
  }
}

function uploadOf(call: Call): PartUpload {
  const upload = bucketOf(call).uploads.get(call.query.get("uploadId") ?? "");
  if (upload?.name === call.target.key) return upload;
  throw new GcsError("NoSuchUpload");
}

function readList(text: string): { readonly number: number; readonly etag: string }[] {
  try {
    const root = parseXml(text);
    if (root.name !== "CompleteMultipartUpload") throw new MalformedXmlError();
    return childrenOf(root, "Part").map((part) => ({
      number: Number(textOf(part, "PartNumber")),
      etag: textOf(part, "ETag") ?? "",
    }));
  } catch (error) {
    if (error instanceof MalformedXmlError) throw new GcsError("MalformedXML");
    throw error;
  }
}

function pickParts(
  { parts }: PartUpload,
  list: readonly { readonly number: number; readonly etag: string }[],
  least: number,
): StoredPart[] {
  if (list.length === 0) throw new GcsError("MalformedXML");
  if (list.some(({ number }, index) => number <= (list[index - 1]?.number ?? 0))) {
    throw new GcsError("InvalidPartOrder");
  }
  return list.map(({ number, etag }, index) => {
    const part = parts.get(number);
    if (!part || part.etag.replaceAll('"', "") !== etag.replaceAll('"', "")) {
      throw new GcsError("InvalidPart");
    }
    if (index < list.length - 1 && part.content.size < least) throw new GcsError("EntityTooSmall");
    return part;
  });
}
