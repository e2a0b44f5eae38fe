import type { ObjectAttributes, PutOptions } from "@lade/core";
import { attributesAsHeaders, tagsAsQuery } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import type { S3Config } from "../config/s3_config.ts";
import { type HeaderRecord, objectHeaders } from "../headers/read_headers.ts";
import { S3_HEADERS } from "../headers/s3_headers.ts";

/**
 * The headers that describe a new object: attributes, encryption, tags; without its conditions. It is encrypted as the
 * configuration says unless `encryption` is given.
 */
export function attributeHeaders(
  config: S3Config,
  options: PutOptions,
  encryption: HeaderRecord = encryptionHeaders(config),
): HeaderRecord {
  const tags = tagging(config, options.tags);
  return {
    ...objectHeaders(config),
    ...attributesAsHeaders(S3_HEADERS, options),
    ...encryption,
    ...(tags === "" ? {} : { "x-amz-tagging": tags }),
  };
}

/** The encryption by keys of the service that the configuration asks for. */
export function encryptionHeaders({ sse, sseKmsKeyId }: S3Config): HeaderRecord {
  return {
    ...(sse ? { "x-amz-server-side-encryption": sse } : {}),
    ...(sseKmsKeyId ? { "x-amz-server-side-encryption-aws-kms-key-id": sseKmsKeyId } : {}),
  };
}

/** The encryption of an object by its HEAD, in the form of a request. */
export function encryptionTold(headers: ResponseHeaders): HeaderRecord {
  const told: HeaderRecord = {};
  for (const name of ["", "-aws-kms-key-id", "-bucket-key-enabled"]) {
    const header = `x-amz-server-side-encryption${name}`;
    const value = headers.get(header);
    if (value && value !== "false") told[header] = value;
  }
  return told;
}

/** The tags of an object that is written: those of the configuration, and over them its own; as a query. */
export function tagging({ tags }: S3Config, own: ObjectAttributes["tags"]): string {
  return tagsAsQuery({ ...tags, ...own });
}
