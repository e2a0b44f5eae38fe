import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { PutOptions } from "@lade/core";
import type { ResponseHeaders } from "@lade/service/http";
import type { S3Connection } from "../client/s3_connection.ts";
import type { S3Config } from "../config/s3_config.ts";
import { attributesAsInput, tagging } from "./wire_attributes.ts";

/** The input of CreateMultipartUpload: what a single PUT carries as headers. */
export function createUploadInput(
  { bucket, config }: S3Connection,
  key: string,
  options: PutOptions,
  encryption: EncryptionInput = encryptionInput(config),
): CreateMultipartUploadCommandInput {
  const tags = tagging(config, options.tags);
  return {
    Bucket: bucket,
    Key: key,
    ...attributesAsInput(options),
    ...encryption,
    ...(tags === undefined ? {} : { Tagging: tags }),
    ...sdkObjectInput(config),
  };
}

/** How what is written is encrypted by keys of the service, as inputs of the SDK say it. */
export type EncryptionInput = Pick<
  CreateMultipartUploadCommandInput,
  "ServerSideEncryption" | "SSEKMSKeyId" | "BucketKeyEnabled"
>;

/** The encryption of an object that a HEAD told of, as it is asked for again. */
export function encryptionTold(headers: ResponseHeaders): EncryptionInput {
  const algorithm = headers.get("x-amz-server-side-encryption");
  const keyId = headers.get("x-amz-server-side-encryption-aws-kms-key-id");
  const usesBucketKey = headers.get("x-amz-server-side-encryption-bucket-key-enabled") === "true";
  return {
    // The SDK names the ways it knows; a service may have others.
    ...(algorithm
      ? { ServerSideEncryption: algorithm as EncryptionInput["ServerSideEncryption"] & string }
      : {}),
    ...(keyId ? { SSEKMSKeyId: keyId } : {}),
    ...(usesBucketKey ? { BucketKeyEnabled: true } : {}),
  };
}

/** The encryption that the configuration asks for. */
export function encryptionInput({ sse, sseKmsKeyId }: S3Config): EncryptionInput {
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
