import type { Preconditions, PutOptions } from "@lade/core";
import type { S3Config } from "../config/s3_config.ts";
import { encodeMetadata } from "../objects/metadata_text.ts";
import { quoteEtag } from "../objects/object_info.ts";
import { type HeaderRecord, objectHeaders } from "../objects/read_headers.ts";
import { encodeStrict } from "../sigv4/encode.ts";

const META_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** The headers that describe a new object: attributes, encryption, tags; without its conditions. */
export function attributeHeaders(config: S3Config, options: PutOptions): HeaderRecord {
  const headers: HeaderRecord = objectHeaders(config);
  if (options.contentType !== undefined) headers["content-type"] = options.contentType;
  if (options.contentEncoding !== undefined) headers["content-encoding"] = options.contentEncoding;
  if (options.cacheControl !== undefined) headers["cache-control"] = options.cacheControl;
  if (options.storageClass !== undefined) headers["x-amz-storage-class"] = options.storageClass;
  for (const [name, value] of Object.entries(options.metadata ?? {})) {
    headers[`x-amz-meta-${metadataName(name)}`] = encodeMetadata(value);
  }
  if (config.sse) headers["x-amz-server-side-encryption"] = config.sse;
  if (config.sseKmsKeyId) headers["x-amz-server-side-encryption-aws-kms-key-id"] = config.sseKmsKeyId;
  const tags = tagging(config);
  if (tags !== undefined) headers["x-amz-tagging"] = tags;
  return headers;
}

/** The conditions of a write as headers. */
export function conditionHeaders({ ifMatch, ifNoneMatch }: Preconditions): HeaderRecord {
  return {
    ...(ifMatch === undefined ? {} : { "if-match": quoteEtag(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch }),
  };
}

/** The name of a metadata entry as it is stored; one that no header can have is a `TypeError`. */
export function metadataName(name: string): string {
  const lower = name.toLowerCase();
  if (META_NAME.test(lower)) return lower;
  throw new TypeError(
    `Cannot store metadata under the name ${JSON.stringify(name)}: HTTP headers cannot carry it`,
  );
}

/** The configured tags as a query, if there are any. */
export function tagging({ tags }: S3Config): string | undefined {
  const pairs = Object.entries(tags).map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`);
  return pairs.length === 0 ? undefined : pairs.join("&");
}
