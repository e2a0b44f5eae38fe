import { type Algorithm, algorithmNamed, type ChecksumType } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import type { Upload } from "../store/upload.ts";
import type { WireResponse } from "@lade/testing/http";
import { element } from "../../parts/write_xml.ts";
import { checksumTypeNamed, encryptionHeaders, readAttributes } from "./attributes.ts";
import { bucketOf, type Call, wholeSeconds, xmlResponse } from "./call.ts";

/** CreateMultipartUpload. */
export function createMultipartUpload(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const attributes = readAttributes(call.headers);
  const upload: Upload = {
    id: `upload-${String(call.server.nextNumber()).padStart(8, "0")}-${crypto.randomUUID()}`,
    key: call.key,
    owner: call.identity.owner,
    initiatedAt: wholeSeconds(call),
    attributes,
    parts: new Map(),
    ...readChecksumChoice(call),
  };
  bucket.uploads.set(upload.id, upload);
  return xmlResponse("InitiateMultipartUploadResult", [
    element("Bucket", bucket.name),
    element("Key", call.key),
    element("UploadId", upload.id),
  ], {
    ...encryptionHeaders(attributes),
    ...(upload.algorithm === undefined ? {} : {
      "x-amz-checksum-algorithm": upload.algorithm.toUpperCase(),
      "x-amz-checksum-type": upload.checksumType,
    }),
  });
}

/**
 * The types each algorithm allows (Amazon S3 user guide, "Checking object integrity"): only a CRC can be told
 * of the whole from its parts.
 */
const TYPES: Readonly<Record<Algorithm, readonly ChecksumType[]>> = {
  crc32: ["COMPOSITE", "FULL_OBJECT"],
  crc32c: ["COMPOSITE", "FULL_OBJECT"],
  crc64nvme: ["FULL_OBJECT"],
  sha1: ["COMPOSITE"],
  sha256: ["COMPOSITE"],
  sha512: ["COMPOSITE"],
  md5: ["COMPOSITE"],
};

function readChecksumChoice(call: Call): Pick<Upload, "algorithm" | "checksumType"> {
  const name = call.headers.get("x-amz-checksum-algorithm");
  const typeName = call.headers.get("x-amz-checksum-type");
  if (!call.server.settings.checksums) return { checksumType: "FULL_OBJECT" };
  if (name === undefined) {
    if (typeName === undefined) return { checksumType: "FULL_OBJECT" };
    throw new S3Error("InvalidRequest", {
      message: "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    });
  }
  const algorithm = algorithmNamed(name);
  if (algorithm === undefined) {
    throw new S3Error("InvalidRequest", { message: "Checksum algorithm provided is unsupported." });
  }
  const checksumType = typeName === undefined ? TYPES[algorithm][0] : checksumTypeNamed(typeName);
  if (checksumType === undefined || !TYPES[algorithm].includes(checksumType)) {
    throw new S3Error("InvalidRequest", {
      message:
        `The ${checksumType} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`,
    });
  }
  return { algorithm, checksumType };
}
