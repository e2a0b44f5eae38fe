import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { ObjectAttributes } from "@lade/core";
import type { S3Config } from "../config/s3_config.ts";
import { encodeMetadata } from "../objects/metadata_text.ts";
import { encodeStrict } from "@lade/service/http";

/** The attributes that are text: their header, and their member in the inputs of the SDK. */
const TEXTS = [
  ["contentType", "content-type", "ContentType"],
  ["contentEncoding", "content-encoding", "ContentEncoding"],
  ["cacheControl", "cache-control", "CacheControl"],
  ["contentDisposition", "content-disposition", "ContentDisposition"],
  ["contentLanguage", "content-language", "ContentLanguage"],
  ["storageClass", "x-amz-storage-class", "StorageClass"],
] as const;

const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** What a PUT says of its object in headers; without encryption. */
export function attributesAsHeaders(given: ObjectAttributes): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, header] of TEXTS) {
    const value = given[name];
    if (value !== undefined) headers[header] = headerValue(name, value);
  }
  if (given.expires !== undefined) headers["expires"] = given.expires.toUTCString();
  for (const [name, value] of Object.entries(given.metadata ?? {})) {
    headers[`x-amz-meta-${name.toLowerCase()}`] = encodeMetadata(value);
  }
  return headers;
}

/** The same as members of the inputs of the SDK. */
export function attributesAsInput(given: ObjectAttributes): Partial<CreateMultipartUploadCommandInput> {
  const texts = TEXTS.flatMap(([name, , member]) => {
    const value = given[name];
    return value === undefined ? [] : [[member, headerValue(name, value)]];
  });
  const { expires, metadata } = given;
  return {
    ...Object.fromEntries(texts),
    ...(expires === undefined ? {} : { Expires: expires }),
    ...(metadata === undefined ? {} : { Metadata: encodedMetadata(metadata) }),
  };
}

/** The tags of an object that is written: those of the configuration, and over them its own; as a query. */
export function tagging({ tags }: S3Config, own: ObjectAttributes["tags"]): string | undefined {
  const pairs = Object.entries({ ...tags, ...own });
  if (pairs.length === 0) return undefined;
  return pairs.map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`).join("&");
}

function encodedMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), encodeMetadata(value)]),
  );
}

function headerValue(name: string, value: string): string {
  if (HEADER_VALUE.test(value)) return value;
  const advice = name === "contentDisposition"
    ? "; write names that are not ASCII as filename*=UTF-8''…"
    : "";
  throw new TypeError(
    `Cannot store ${name} ${JSON.stringify(value)}: HTTP headers carry ASCII and no line breaks${advice}`,
  );
}
