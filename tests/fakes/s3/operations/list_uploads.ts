import { S3Error } from "../s3_error.ts";
import { compareKeys } from "../../parts/key_order.ts";
import type { Upload } from "../store/upload.ts";
import type { WireResponse } from "@lade/testing/http";
import { element } from "../../parts/write_xml.ts";
import { bucketOf, type Call, emptyResponse, queryNumber, xmlResponse } from "./call.ts";
import { checksumElements } from "./checksum_elements.ts";
import { quoted } from "./etag.ts";
import { findUpload } from "./find_upload.ts";
import { commonPrefixes, readListingQuery } from "./listing_query.ts";
import { type Listed, takePage, walkKeys } from "./walk_keys.ts";

/** ListParts. */
export function listParts(call: Call): WireResponse {
  const upload = findUpload(call);
  const limit = call.server.settings.maxPageSize;
  const max = queryNumber(call, "max-parts", { min: 0, max: limit, fallback: limit, clamp: true });
  const marker = queryNumber(call, "part-number-marker", { min: 0, max: 2 ** 31 - 1, fallback: 0 });
  const parts = [...upload.parts.values()].filter((part) => part.number > marker)
    .toSorted((a, b) => a.number - b.number);
  const { page, truncated } = takePage(parts, max);
  return xmlResponse("ListPartsResult", [
    element("Bucket", call.bucketName),
    element("Key", upload.key),
    element("UploadId", upload.id),
    element("PartNumberMarker", marker),
    element("NextPartNumberMarker", page.at(-1)?.number ?? 0),
    element("MaxParts", max),
    element("IsTruncated", truncated),
    ...page.map((part) =>
      element("Part", [
        element("PartNumber", part.number),
        element("LastModified", new Date(part.lastModified).toISOString()),
        element("ETag", quoted(part.etag)),
        element("Size", part.content.size),
        ...checksumElements(part.checksum, false),
      ])
    ),
    element("Initiator", [element("ID", upload.owner)]),
    element("Owner", [element("ID", upload.owner)]),
    element("StorageClass", upload.attributes.storageClass),
    element("ChecksumAlgorithm", upload.algorithm?.toUpperCase()),
    upload.algorithm && element("ChecksumType", upload.checksumType),
  ]);
}

/** ListMultipartUploads: by key, those of one key by when they were begun. */
export function listMultipartUploads(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const listing = readListingQuery(call, "max-uploads");
  const keyMarker = call.query.get("key-marker") ?? "";
  const idMarker = keyMarker === "" ? "" : call.query.get("upload-id-marker") ?? "";
  const byKey = Map.groupBy(bucket.uploads.values(), (upload) => upload.key);
  const { page, truncated } = takePage(walkUploads(byKey, { ...listing, keyMarker, idMarker }), listing.max);
  const last = page.at(-1);
  return xmlResponse("ListMultipartUploadsResult", [
    element("Bucket", bucket.name),
    element("KeyMarker", listing.encode(keyMarker)),
    element("UploadIdMarker", idMarker),
    element("NextKeyMarker", last && listing.encode(last.kind === "key" ? last.key : last.prefix)),
    element("NextUploadIdMarker", last?.upload?.id ?? ""),
    element("Prefix", listing.encode(listing.prefix)),
    listing.delimiter === "" ? undefined : element("Delimiter", listing.encode(listing.delimiter)),
    listing.encodingType,
    element("MaxUploads", listing.max),
    element("IsTruncated", truncated),
    ...page.map(({ upload }) =>
      upload && element("Upload", [
        element("Key", listing.encode(upload.key)),
        element("UploadId", upload.id),
        element("Initiator", [element("ID", upload.owner)]),
        element("Owner", [element("ID", upload.owner)]),
        element("StorageClass", upload.attributes.storageClass),
        element("Initiated", new Date(upload.initiatedAt).toISOString()),
        element("ChecksumAlgorithm", upload.algorithm?.toUpperCase()),
        upload.algorithm && element("ChecksumType", upload.checksumType),
      ])
    ),
    ...commonPrefixes(page, listing),
  ]);
}

/** AbortMultipartUpload. */
export function abortMultipartUpload(call: Call): WireResponse {
  const upload = findUpload(call);
  const ifMatch = call.headers.get("x-amz-if-match-initiated-time");
  if (ifMatch !== undefined && Date.parse(ifMatch) !== upload.initiatedAt) {
    throw new S3Error("PreconditionFailed");
  }
  bucketOf(call).uploads.delete(upload.id);
  return emptyResponse(204);
}

function* walkUploads(
  byKey: ReadonlyMap<string, readonly Upload[]>,
  query: { prefix: string; delimiter: string; keyMarker: string; idMarker: string },
): Generator<Listed & { upload?: Upload }, void, undefined> {
  const { keyMarker, idMarker } = query;
  if (idMarker !== "") {
    const same = byKey.get(keyMarker) ?? [];
    const at = same.findIndex((upload) => upload.id === idMarker);
    for (const upload of same.slice(at + 1)) yield { kind: "key", key: keyMarker, upload };
  }
  const keys = [...byKey.keys()].sort(compareKeys);
  for (const listed of walkKeys(keys, { ...query, after: keyMarker, isListed: () => true })) {
    if (listed.kind === "prefix") yield listed;
    else for (const upload of byKey.get(listed.key) ?? []) yield { ...listed, upload };
  }
}
