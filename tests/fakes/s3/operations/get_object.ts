import type { WireResponse } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import { storedChecksum, type StoredObject } from "../store/stored_object.ts";
import { checksumHeaders, objectHeaders } from "./attributes.ts";
import { type ByteSpan, parseRange } from "./byte_range.ts";
import { bucketOf, type Call, queryNumber } from "./call.ts";
import { checkReadConditions } from "./conditions.ts";
import { checkCustomerKey, readCustomerKey } from "./customer_key.ts";
import { findObject } from "./find_object.ts";

/** Header fields of the answer a query may set. */
const OVERRIDES: Readonly<Record<string, string>> = {
  "response-cache-control": "Cache-Control",
  "response-content-disposition": "Content-Disposition",
  "response-content-encoding": "Content-Encoding",
  "response-content-language": "Content-Language",
  "response-content-type": "Content-Type",
  "response-expires": "Expires",
};

/** GetObject and HeadObject. */
export function getObject(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const object = findObject(call, bucket, call.key, call.query.get("versionId"));
  checkCustomerKey(object.attributes.customerKeyMd5, readCustomerKey(call.headers));
  checkReadConditions(call.headers, object);
  const part = partOf(call, object);
  const span = part?.span ?? parseRange(call.headers.get("range"), object.content.size);
  const { offset, length } = span ?? { offset: 0, length: object.content.size };
  const headers = objectHeaders(object, bucket.versioning !== "off");
  for (const [name, field] of Object.entries(OVERRIDES)) {
    const value = call.query.get(name);
    if (value !== undefined) headers[field] = value;
  }
  if (part !== undefined) headers["x-amz-mp-parts-count"] = String(part.count);
  if (span !== undefined) {
    headers["Content-Range"] = `bytes ${offset}-${offset + length - 1}/${object.content.size}`;
  }
  // The checksum of the object says nothing of a part of it, so the service leaves it out there.
  if (length === object.content.size && call.headers.get("x-amz-checksum-mode") === "ENABLED") {
    const { checksums, defaultChecksum } = call.server.settings;
    if (checksums) {
      Object.assign(headers, checksumHeaders(storedChecksum(object, defaultChecksum && !bucket.discard)));
    }
  }
  return {
    status: span === undefined ? 200 : 206,
    headers,
    body: { size: length, pieces: object.content.slice(offset, length) },
    chunked: false,
  };
}

function partOf(call: Call, object: StoredObject): { span: ByteSpan; count: number } | undefined {
  if (!call.query.has("partNumber")) return undefined;
  const number = queryNumber(call, "partNumber", { min: 1, max: 10000, fallback: 1 });
  if (call.headers.has("range")) {
    throw new S3Error("InvalidRequest", {
      message: "Cannot specify both Range header and partNumber query parameter",
    });
  }
  const parts = object.parts ?? [{ number: 1, size: object.content.size }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error("InvalidRange", {
      message: "The requested partnumber is not satisfiable",
      details: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  const offset = parts.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { span: { offset, length: part.size }, count: parts.length };
}
