import type { WireResponse } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";
import { blobHeaders, metadataHeaders, tierHeaders } from "./attributes.ts";
import { readRange } from "./byte_range.ts";
import { type Call, containerOf, emptyResponse } from "./call.ts";
import { checkReadConditions } from "./conditions.ts";
import { findBlob } from "./find_blob.ts";
import { crc64Of, md5Of } from "./receive_body.ts";

/** Bytes of a range of which the service computes a checksum. */
const MAX_CHECKED_RANGE = 4 * 2 ** 20;

/** Get Blob. */
export function getBlob(call: Call): WireResponse {
  const { headers } = call;
  const blob = findForRead(call);
  if (blob.tier === "Archive") throw new AzureError("BlobArchived");
  const { content } = blob;
  const span = call.ignoresRange ? undefined : readRange(headers, content.size);
  const { offset, length } = span ?? { offset: 0, length: content.size };
  const told = blobHeaders(call, blob);
  if (span) {
    const { "Content-MD5": stored, ...rest } = told;
    const whole = stored === undefined ? {} : { "x-ms-blob-content-md5": stored };
    const range = { "Content-Range": `bytes ${offset}-${offset + length - 1}/${content.size}` };
    const body = { size: length, pieces: content.slice(offset, length) };
    const sums = rangeChecksums(
      call,
      () => md5Of(content, offset, length),
      () => crc64Of(content, offset, length),
      length,
    );
    return { status: 206, headers: { ...rest, ...whole, ...range, ...sums }, body, chunked: false };
  }
  rangeChecksums(call, () => "", () => "", Infinity);
  return {
    status: 200,
    headers: told,
    body: { size: length, pieces: content.slice(0, length) },
    chunked: false,
  };
}

function rangeChecksums(
  { headers }: Call,
  md5: () => string,
  crc64: () => string,
  length: number,
): Record<string, string> {
  const names = ["x-ms-range-get-content-md5", "x-ms-range-get-content-crc64"];
  const [wantsMd5, wantsCrc64] = names.map((name) => headers.get(name) === "true");
  if (wantsMd5 && wantsCrc64) throw new AzureError("BothCrc64AndMd5HeaderPresent");
  if ((wantsMd5 || wantsCrc64) && length > MAX_CHECKED_RANGE) {
    throw badHeader(names[wantsMd5 ? 0 : 1] ?? "", "true");
  }
  return {
    ...(wantsMd5 && { "Content-MD5": md5() }),
    ...(wantsCrc64 && { "x-ms-content-crc64": crc64() }),
  };
}

/** Get Blob Properties. */
export function getBlobProperties(call: Call): WireResponse {
  const blob = findForRead(call);
  const body = { size: blob.content.size, pieces: [] };
  const headers = {
    ...blobHeaders(call, blob),
    ...(blob.isDirectory ? {} : tierHeaders(call.account, blob)),
  };
  return { status: 200, headers, body, chunked: false };
}

/** Get Blob Metadata. */
export function getBlobMetadata(call: Call): WireResponse {
  const blob = findForRead(call);
  const { etag: ETag, lastModified } = blob;
  return emptyResponse(200, {
    ETag,
    "Last-Modified": new Date(lastModified).toUTCString(),
    ...metadataHeaders(blob.metadata),
  });
}

function findForRead(call: Call) {
  const blob = findBlob(call);
  containerOf(call).entry(call.key)?.lease.check(
    call.headers.get("x-ms-lease-id"),
    call.server.now(),
    "Blob",
    false,
  );
  checkReadConditions(call.headers, blob);
  return blob;
}
