import type { ConnectionOptions } from "@lade/service/settings";
import type { S3CredentialProvider, S3Credentials } from "./s3_credentials.ts";

/** How uploads and downloads are checked; see {@linkcode S3Options.checksum}. */
export type S3Checksum = "auto" | "crc32c" | "crc64nvme" | "none";

/** How objects are encrypted at rest by keys that the service keeps. */
export type S3Encryption = "AES256" | "aws:kms" | "aws:kms:dsse";

/** How large objects are cut on upload. */
export interface S3MultipartOptions {
  /** Objects of more bytes than this are sent in parts; the part size by default. */
  readonly threshold?: number;
  /** Bytes of a part; 8 MiB by default, 5 MiB at least at Amazon's. It grows where 10,000 parts would not do. */
  readonly partSize?: number;
  /** Sends every object in one request. Then an object to be written has to fit into memory. */
  readonly disabled?: boolean;
}

/**
 * Configuration of `s3://`, by name. What is absent comes from the environment, then from the profile; for the bounds see
 * `docs/bounds.md`.
 */
export interface S3Options extends ConnectionOptions {
  /**
   * The region that requests are signed for: else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's `region`,
   * `us-east-1`. One that turns out wrong is corrected by what the service answers.
   */
  readonly region?: string;
  /**
   * Base URL of the service: else `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, the profile's, Amazon's own. A bucket
   * given as `name@host:port` has its own.
   */
  readonly endpoint?: string;
  /** Keeps the bucket in the path rather than in the host: the default at endpoints other than Amazon's. */
  readonly forcePathStyle?: boolean;
  /** Uses Amazon's endpoints that also have IPv6; else `AWS_USE_DUALSTACK_ENDPOINT`, the profile's. */
  readonly dualstack?: boolean;
  /** Uses Amazon's endpoints validated by FIPS 140; else `AWS_USE_FIPS_ENDPOINT`, the profile's. */
  readonly fips?: boolean;
  /** Uses Amazon's accelerated endpoint for calls on objects; else the profile's `s3.use_accelerate_endpoint`. */
  readonly accelerate?: boolean;
  /** Passes over the endpoints of environment and profile; else `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`. */
  readonly ignoreConfiguredEndpoints?: boolean;
  /** The profile of the shared AWS files: else `AWS_PROFILE`, `AWS_DEFAULT_PROFILE`, `default`. */
  readonly profile?: string;
  /** Keys, or a function that gives them; else what the AWS tools find: see the documentation of this package. */
  readonly credentials?: S3Credentials | S3CredentialProvider;
  /** Agrees to pay for requests and transfer of Requester Pays buckets. */
  readonly requestPayer?: boolean;
  /** File of PEM certificates to trust besides the system's; else `AWS_CA_BUNDLE`, the profile's `ca_bundle`. */
  readonly caBundle?: string;
  /**
   * Verifies the service's certificate: else `LADE_S3_VERIFY_SSL`, true. Without it anybody on the way can read and
   * change all that is sent.
   */
  readonly verifySsl?: boolean;
  /**
   * Hosts that redirects may lead to as if they were the service, session tokens and SSE-C keys included: else
   * `LADE_S3_REDIRECT_HOSTS`. Without it redirects are followed within the service and, without secrets, its cluster.
   */
  readonly redirectHosts?: string | readonly string[];
  /**
   * Signs the SHA-256 of what is uploaded, at six times the CPU time. `"auto"` does so only with a service that
   * insists. Without it the bytes are protected by TLS and by their checksum.
   */
  readonly signPayload?: boolean | "auto";
  /**
   * The checksum sent with uploads and compared with what the service stores: CRC-32C where the service knows it
   * (`"auto"`), a given one (then a service that lacks it is an error), or none.
   */
  readonly checksum?: S3Checksum;
  /**
   * Whether a service other than Amazon's is first asked, once, what it does about conditions (`"probe"`, the default),
   * or is taken to hold them (`"trust"`), for keys that may write but not delete.
   */
  readonly conditions?: "probe" | "trust";
  /** Asks for checksums of downloads and compares them; true by default. */
  readonly verifyDownloads?: boolean;
  /** Encrypts what is written by keys of the service. */
  readonly sse?: S3Encryption;
  /** The KMS key for `sse`: id, alias or ARN. */
  readonly sseKmsKeyId?: string;
  /** Encrypts and decrypts by this key, which the service does not keep (SSE-C): 32 bytes, as such or in base64. */
  readonly sseCustomerKey?: Uint8Array | string;
  /** Tags given to every object that is written. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How large objects are cut on upload. */
  readonly multipart?: S3MultipartOptions;
  /** Parts on their way at most, over all uploads of a store; found by measuring (`"auto"`) by default. */
  readonly uploadConcurrency?: number | "auto";
}
