import { algorithmNamed, checksumOf } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import { bytesOf, SyntheticContent } from "../../parts/content.ts";
import type { ObjectAttributes, StoredObject } from "../store/stored_object.ts";
import type { WireResponse } from "@lade/testing/http";
import { element } from "../../parts/write_xml.ts";
import { createHash } from "node:crypto";
import { readAttributes, readEncryption } from "./attributes.ts";
import { checkAccess } from "./check_access.ts";
import { bucketOf, type Call, wholeSeconds, xmlResponse } from "./call.ts";
import { checksumElements } from "./checksum_elements.ts";
import { checkWriteConditions } from "./conditions.ts";
import { copySource } from "./copy_source.ts";
import { readCustomerKey } from "./customer_key.ts";
import { quoted } from "./etag.ts";
import { writtenHeaders } from "./put_object.ts";

/** CopyObject. */
export function copyObject(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const { object: source, versioned } = copySource(call);
  const attributes = copiedAttributes(call, source);
  if (source.attributes.tags.length > 0 && call.headers.get("x-amz-tagging-directive") !== "REPLACE") {
    checkAccess(call, bucket, "GetObjectTagging", {});
    checkAccess(call, bucket, "PutObjectTagging", {});
  }
  if (source.content.size > call.server.settings.maxCopySize) {
    throw new S3Error("InvalidRequest", {
      message:
        `The specified copy source is larger than the maximum allowable size for a copy source: ${call.server.settings.maxCopySize}`,
    });
  }
  checkWriteConditions(call.headers, bucket.current(call.key));
  const object: StoredObject = {
    key: call.key,
    versionId: bucket.newVersionId(),
    deleteMarker: false,
    content: source.content,
    etag: copiedEtag(source),
    lastModified: wholeSeconds(call),
    owner: call.identity.owner,
    attributes,
    ...copiedChecksum(call, source),
  };
  bucket.add(object);
  return xmlResponse("CopyObjectResult", [
    element("LastModified", new Date(object.lastModified).toISOString()),
    element("ETag", quoted(object.etag)),
    ...checksumElements(object.checksum),
  ], {
    ...writtenHeaders(call, bucket, object),
    ...(versioned ? { "x-amz-copy-source-version-id": source.versionId } : {}),
  });
}

/**
 * A copy is one piece, so that the ETag of a multipart source changes; a synthetic one is not hashed for
 * that.
 */
function copiedEtag(source: StoredObject): string {
  if (!source.etag.includes("-")) return source.etag;
  if (source.content instanceof SyntheticContent) return source.etag.slice(0, 32);
  return createHash("md5").update(bytesOf(source.content)).digest("hex");
}

function copiedAttributes(call: Call, source: StoredObject): ObjectAttributes {
  const { headers } = call;
  const directive = headers.get("x-amz-metadata-directive") ?? "COPY";
  const tagging = headers.get("x-amz-tagging-directive") ?? "COPY";
  for (const value of [directive, tagging]) {
    if (value !== "COPY" && value !== "REPLACE") {
      throw new S3Error("InvalidArgument", { message: "Unknown metadata directive." });
    }
  }
  const given = readAttributes(headers);
  const { foldsKeys } = call.server.settings.habits;
  const unchanged = !foldsKeys && directive === "COPY" && !headers.has("x-amz-storage-class") &&
    !headers.has("x-amz-server-side-encryption") && readCustomerKey(headers) === undefined &&
    !headers.has("x-amz-website-redirect-location");
  if (unchanged && call.server.buckets.get(call.bucketName)?.current(call.key) === source) {
    throw new S3Error("InvalidRequest", {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing " +
        "the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const kept = directive === "COPY" ? source.attributes : given;
  return {
    fields: kept.fields,
    metadata: kept.metadata,
    storageClass: given.storageClass,
    tags: tagging === "COPY" ? source.attributes.tags : given.tags,
    ...readEncryption(headers),
    ...(given.customerKeyMd5 === undefined ? {} : { customerKeyMd5: given.customerKeyMd5 }),
  };
}

function copiedChecksum(call: Call, source: StoredObject): Pick<StoredObject, "checksum"> {
  const named = call.headers.get("x-amz-checksum-algorithm");
  const algorithm = named === undefined ? source.checksum?.algorithm : algorithmNamed(named);
  if (algorithm === undefined) {
    if (named === undefined) return {};
    throw new S3Error("InvalidRequest", { message: "Checksum algorithm provided is unsupported." });
  }
  if (source.checksum?.algorithm === algorithm && source.checksum.type === "FULL_OBJECT") {
    return { checksum: source.checksum };
  }
  const value = checksumOf(algorithm, source.content.slice(0, source.content.size));
  return { checksum: { algorithm, value, type: "FULL_OBJECT" } };
}
