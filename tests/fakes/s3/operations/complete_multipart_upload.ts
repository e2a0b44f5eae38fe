import { createHash } from "node:crypto";
import { type Checksum, checksumOf, compositeOf } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import { JoinedContent } from "../../parts/content.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { Upload, UploadedPart } from "../store/upload.ts";
import type { WireResponse } from "@lade/testing/http";
import { childrenOf, parseXml, textOf } from "../xml/parse_xml.ts";
import { element } from "../../parts/write_xml.ts";
import { encodeUri } from "../auth/uri_encoding.ts";
import { bucketOf, type Call, wholeSeconds, xmlResponse } from "./call.ts";
import { checksumElements, readChecksumElements } from "./checksum_elements.ts";
import { checkWriteConditions } from "./conditions.ts";
import { quoted, unquoted } from "./etag.ts";
import { findUpload } from "./find_upload.ts";
import { writtenHeaders } from "./put_object.ts";
import { receiveText } from "./receive_body.ts";
import { checkStatedChecksum, checkStatedSize } from "./stated_checksum.ts";

/** CompleteMultipartUpload. */
export async function completeMultipartUpload(call: Call): Promise<WireResponse> {
  findUpload(call);
  // A checksum in the request is that of the object to be.
  const text = await receiveText(call, { unchecked: true });
  // Nothing is awaited from here on, so that no part and no other completion comes between.
  const upload = findUpload(call);
  const bucket = bucketOf(call);
  const parts = chooseParts(call, upload, text);
  const content = new JoinedContent(parts.map((part) => part.content));
  checkStatedSize(call, content.size);
  const checksum = wholeChecksum(call, upload, parts, content);
  checkWriteConditions(call.headers, bucket.current(call.key));
  const object: StoredObject = {
    key: call.key,
    versionId: bucket.newVersionId(),
    deleteMarker: false,
    content,
    etag: multipartEtag(parts),
    lastModified: wholeSeconds(call),
    owner: upload.owner,
    attributes: upload.attributes,
    parts: parts.map((part, index) => ({
      number: index + 1,
      size: part.content.size,
      ...(part.checksum === undefined ? {} : { checksum: part.checksum }),
    })),
    ...(checksum === undefined ? {} : { checksum }),
  };
  bucket.add(object);
  bucket.uploads.delete(upload.id);
  const headers = Object.entries(writtenHeaders(call, bucket, object));
  return xmlResponse("CompleteMultipartUploadResult", [
    element("Location", `http://${call.host}/${bucket.name}/${encodeUri(call.key, "/")}`),
    element("Bucket", bucket.name),
    element("Key", call.key),
    element("ETag", quoted(object.etag)),
    ...checksumElements(call.server.settings.checksums ? object.checksum : undefined),
    // Here the service writes the checksum into the document alone.
  ], Object.fromEntries(headers.filter(([name]) => !name.startsWith("x-amz-checksum-"))));
}

/** The MD5 of the parts' MD5s, and their number. */
function multipartEtag(parts: readonly UploadedPart[]): string {
  const md5 = createHash("md5");
  for (const part of parts) md5.update(Uint8Array.fromHex(part.etag));
  return `${md5.digest("hex")}-${parts.length}`;
}

function chooseParts(call: Call, upload: Upload, text: string): UploadedPart[] {
  const document = parseXml(text);
  const entries = childrenOf(document, "Part");
  if (document.name !== "CompleteMultipartUpload" || entries.length === 0) throw new S3Error("MalformedXML");
  if (call.server.settings.habits.partChecksums === "breaking" && upload.algorithm !== undefined) {
    throw invalidPart(upload, 1, "");
  }
  let previous = 0;
  const parts = entries.map((entry) => {
    const number = Number(textOf(entry, "PartNumber"));
    const etag = textOf(entry, "ETag");
    if (!Number.isInteger(number) || number < 1 || etag === undefined) throw new S3Error("MalformedXML");
    if (number <= previous) throw new S3Error("InvalidPartOrder", { details: { UploadId: upload.id } });
    previous = number;
    const part = upload.parts.get(number);
    if (part?.etag !== unquoted(etag)) throw invalidPart(upload, number, unquoted(etag));
    const stated = readChecksumElements(entry);
    for (const [algorithm, value] of stated) {
      if (part.checksum?.algorithm !== algorithm || part.checksum.value !== value) {
        throw invalidPart(upload, number, part.etag);
      }
    }
    if (
      upload.algorithm !== undefined && upload.checksumType === "COMPOSITE" && !stated.has(upload.algorithm)
    ) {
      throw new S3Error("InvalidRequest", {
        message:
          `The upload was created using a ${upload.algorithm} checksum. The complete request must include the ` +
          `checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    return part;
  });
  const { minPartSize } = call.server.settings;
  const small = parts.slice(0, -1).find((part) => part.content.size < minPartSize);
  if (small !== undefined) {
    throw new S3Error("EntityTooSmall", {
      details: {
        ProposedSize: String(small.content.size),
        MinSizeAllowed: String(minPartSize),
        PartNumber: String(small.number),
        ETag: small.etag,
      },
    });
  }
  return parts;
}

function invalidPart(upload: Upload, number: number, etag: string): S3Error {
  return new S3Error("InvalidPart", {
    details: { UploadId: upload.id, PartNumber: String(number), ETag: etag },
  });
}

function wholeChecksum(
  call: Call,
  upload: Upload,
  parts: readonly UploadedPart[],
  content: JoinedContent,
): Checksum | undefined {
  if (!call.server.settings.checksums) return undefined;
  const { discard } = bucketOf(call);
  const { algorithm, checksumType: type } = upload;
  if (algorithm !== undefined && type === "COMPOSITE") {
    const value = compositeOf(algorithm, parts.map((part) => part.checksum?.value ?? ""));
    return checkStatedChecksum(call, { algorithm, value, type }, false);
  }
  // The bytes of a bucket that discards are gone: there the client's word for the whole is taken.
  if (discard) return checkStatedChecksum(call, undefined, true);
  if (algorithm === undefined) return checkStatedChecksum(call, undefined, false);
  const value = checksumOf(algorithm, content.slice(0, content.size));
  return checkStatedChecksum(call, { algorithm, value, type }, false);
}
