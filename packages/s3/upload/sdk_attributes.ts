import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { PutOptions } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import type { S3Config } from "../config/s3_config.ts";
import { encodeMetadata } from "../objects/metadata_text.ts";
import { metadataName, tagging } from "./write_headers.ts";

/** Members of the SDK's input that {@linkcode PutOptions} has no word for. */
export type SdkAttributes = Partial<
  Pick<CreateMultipartUploadCommandInput, "ContentDisposition" | "ContentLanguage" | "Expires" | "Tagging">
>;

/** The input of CreateMultipartUpload: what a single PUT carries as headers. */
export function createUploadInput(
  { bucket, config }: S3Connection,
  key: string,
  options: PutOptions,
): CreateMultipartUploadCommandInput {
  const { contentType, contentEncoding, cacheControl, storageClass, metadata } = options;
  const tags = tagging(config);
  return {
    Bucket: bucket,
    Key: key,
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
    ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
    // The SDK names the classes it knows; a service may have others.
    ...(storageClass === undefined
      ? {}
      : { StorageClass: storageClass as NonNullable<CreateMultipartUploadCommandInput["StorageClass"]> }),
    ...(metadata === undefined ? {} : { Metadata: encodedMetadata(metadata) }),
    ...(config.sse ? { ServerSideEncryption: config.sse } : {}),
    ...(config.sseKmsKeyId ? { SSEKMSKeyId: config.sseKmsKeyId } : {}),
    ...(tags === undefined ? {} : { Tagging: tags }),
    ...sdkObjectInput(config),
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

/** Metadata in the form in which headers carry it. */
export function encodedMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [metadataName(name), encodeMetadata(value)]),
  );
}
