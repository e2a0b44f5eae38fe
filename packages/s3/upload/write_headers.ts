import type { Preconditions, PutOptions } from "@lade/core";
import type { S3Config } from "../config/s3_config.ts";
import { type HeaderRecord, objectHeaders } from "../objects/read_headers.ts";
import { attributesAsHeaders, tagging } from "./wire_attributes.ts";

/** The headers that describe a new object: attributes, encryption, tags; without its conditions. */
export function attributeHeaders(config: S3Config, options: PutOptions): HeaderRecord {
  const headers: HeaderRecord = { ...objectHeaders(config), ...attributesAsHeaders(options) };
  if (config.sse) headers["x-amz-server-side-encryption"] = config.sse;
  if (config.sseKmsKeyId) headers["x-amz-server-side-encryption-aws-kms-key-id"] = config.sseKmsKeyId;
  const tags = tagging(config, options.tags);
  if (tags !== undefined) headers["x-amz-tagging"] = tags;
  return headers;
}

/** The condition of a create-only write as a header; `ifMatch` goes by `withIfMatch`. */
export function conditionHeaders({ ifNoneMatch }: Pick<Preconditions, "ifNoneMatch">): HeaderRecord {
  return ifNoneMatch === undefined ? {} : { "if-none-match": ifNoneMatch };
}
