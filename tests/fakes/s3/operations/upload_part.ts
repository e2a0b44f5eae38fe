import { createHash } from "node:crypto";
import { checksumOf } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import { bytesOf, PartialContent, SyntheticContent } from "../../parts/content.ts";
import type { Upload, UploadedPart } from "../store/upload.ts";
import type { WireResponse } from "@lade/testing/http";
import { element } from "../../parts/write_xml.ts";
import { checksumHeaders, encryptionHeaders } from "./attributes.ts";
import { parseCopyRange } from "./byte_range.ts";
import { bucketOf, type Call, emptyResponse, wholeSeconds, xmlResponse } from "./call.ts";
import { checksumElements } from "./checksum_elements.ts";
import { copySource } from "./copy_source.ts";
import { checkCustomerKey, readCustomerKey } from "./customer_key.ts";
import { quoted } from "./etag.ts";
import { findUpload, partNumberOf } from "./find_upload.ts";
import { receiveBody } from "./receive_body.ts";
import { requestedChecksum } from "./requested_checksum.ts";

/** UploadPart. */
export async function uploadPart(call: Call): Promise<WireResponse> {
  const number = partNumberOf(call);
  const upload = findUpload(call);
  checkCustomerKey(upload.attributes.customerKeyMd5, readCustomerKey(call.headers));
  checkAlgorithm(call, upload);
  const { discard } = bucketOf(call);
  const received = await receiveBody(call, { limit: call.server.settings.maxPutSize, discard });
  // An upload aborted while its part was on the way must not come back to life.
  findUpload(call);
  const part = addPart(call, upload, {
    number,
    content: received.content,
    etag: received.md5,
    ...(received.checksum === undefined ? {} : { checksum: received.checksum }),
  });
  const { "x-amz-checksum-type": _, ...headers } = checksumHeaders(part.checksum);
  return emptyResponse(200, {
    "ETag": quoted(part.etag),
    ...headers,
    ...encryptionHeaders(upload.attributes),
  });
}

/** UploadPartCopy. */
export function uploadPartCopy(call: Call): WireResponse {
  const number = partNumberOf(call);
  const upload = findUpload(call);
  const { object: source, versioned } = copySource(call);
  const header = call.headers.get("x-amz-copy-source-range");
  const { offset, length } = header === undefined
    ? { offset: 0, length: source.content.size }
    : parseCopyRange(header, source.content.size);
  if (length > call.server.settings.maxPutSize) throw new S3Error("EntityTooLarge");
  const content = new PartialContent(source.content, offset, length);
  const etag = source.content instanceof SyntheticContent
    ? createHash("md5").update(`${source.etag} ${offset} ${length}`).digest("hex")
    : createHash("md5").update(bytesOf(content)).digest("hex");
  const part = addPart(call, upload, { number, content, etag });
  return xmlResponse("CopyPartResult", [
    element("LastModified", new Date(part.lastModified).toISOString()),
    element("ETag", quoted(part.etag)),
    ...checksumElements(part.checksum, false),
  ], {
    ...encryptionHeaders(upload.attributes),
    ...(versioned ? { "x-amz-copy-source-version-id": source.versionId } : {}),
  });
}

function addPart(call: Call, upload: Upload, received: Omit<UploadedPart, "lastModified">): UploadedPart {
  const part: UploadedPart = { ...received, lastModified: wholeSeconds(call) };
  const { algorithm } = upload;
  if (part.checksum === undefined && algorithm !== undefined && !bucketOf(call).discard) {
    const value = checksumOf(algorithm, part.content.slice(0, part.content.size));
    part.checksum = { algorithm, value, type: "FULL_OBJECT" };
  }
  upload.parts.set(part.number, part);
  return part;
}

/**
 * A part's checksum must be of the upload's algorithm; where the object's is made of the parts', each must
 * bring one.
 */
function checkAlgorithm(call: Call, upload: Upload): void {
  if (!call.server.settings.checksums || upload.algorithm === undefined) return;
  const sent = requestedChecksum(call.headers, call.payload)?.algorithm;
  if (sent === upload.algorithm || (sent === undefined && upload.checksumType === "FULL_OBJECT")) return;
  throw new S3Error("InvalidRequest", {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, ` +
      `actual checksum Type: ${sent ?? "null"}`,
  });
}
