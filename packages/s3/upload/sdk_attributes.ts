import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { PutOptions } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import type { S3Config } from "../config/s3_config.ts";
import { attributesAsInput, tagging } from "./wire_attributes.ts";

/** The input of CreateMultipartUpload: what a single PUT carries as headers. */
export function createUploadInput(
  { bucket, config }: S3Connection,
  key: string,
  options: PutOptions,
): CreateMultipartUploadCommandInput {
  const tags = tagging(config, options.tags);
  return {
    Bucket: bucket,
    Key: key,
    ...attributesAsInput(options),
    ...encryptionInput(config),
    ...(tags === undefined ? {} : { Tagging: tags }),
    ...sdkObjectInput(config),
  };
}

/** How what is written is encrypted by keys of the service. */
export function encryptionInput(
  { sse, sseKmsKeyId }: S3Config,
): Pick<CreateMultipartUploadCommandInput, "ServerSideEncryption" | "SSEKMSKeyId"> {
  return {
    ...(sse ? { ServerSideEncryption: sse } : {}),
    ...(sseKmsKeyId ? { SSEKMSKeyId: sseKmsKeyId } : {}),
  };
}

/** What every call about an object carries: who pays, and the caller's key where there is one. */
export function sdkObjectInput(
  { requestPayer, sseCustomerKey }: S3Config,
): { RequestPayer?: "requester"; SSECustomerAlgorithm?: "AES256"; SSECustomerKey?: string } {
  return {
    ...(requestPayer ? { RequestPayer: "requester" } : {}),
    ...(sseCustomerKey ? { SSECustomerAlgorithm: "AES256", SSECustomerKey: sseCustomerKey.base64 } : {}),
  };
}
