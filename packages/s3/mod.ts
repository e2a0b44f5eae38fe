/**
 * Amazon S3, and services that speak its protocol, as object stores: `s3://bucket/key`.
 *
 * The bytes are signed here by Signature Version 4 and moved by the transport of `@lade/service/http`; calls on buckets,
 * uploads, copies and many keys are made by the AWS SDK, which is loaded by the first of them.
 *
 * @module
 */
export type { S3Store } from "./store/s3_store.ts";
export { openS3Store, type S3StoreOptions } from "./store/open_s3_store.ts";
export type { S3Surroundings } from "./store/s3_surroundings.ts";
export { s3Provider } from "./s3_provider.ts";
export type { S3Checksum, S3Encryption, S3MultipartOptions, S3Options } from "./config/s3_options.ts";
export type { S3CredentialProvider, S3Credentials } from "./config/s3_credentials.ts";
export type { Environment, ReadTextFile } from "@lade/service/environment";
export { S3_SETTINGS } from "./config/s3_settings.ts";
export { S3Fault, type S3FaultOptions } from "./errors/s3_fault.ts";
export { ERROR_TABLE } from "./errors/error_table.ts";
export type { PendingPart } from "@lade/service/parts";
export { diagnose, type S3DiagnoseOptions } from "./doctor/diagnose.ts";
export type { LoadedCredentials } from "./credentials/credential_cache.ts";
