import type { ConnectionOptions } from "@lade/service/settings";

/** What objects cost: the cheaper to keep, the dearer to read. */
export type GcsStorageClass = "STANDARD" | "NEARLINE" | "COLDLINE" | "ARCHIVE";

/** What holds for the objects that a store writes and reads. */
export interface GcsObjectOptions {
  /** Bytes of a part of an upload in parallel parts, from 5 MiB up; 8 MiB by default. */
  readonly partSize?: number;
  /** Objects of more bytes than this are not sent in one request; 8 MiB by default. */
  readonly threshold?: number;
  /** Bytes of a request of a resumable upload, a multiple of 256 KiB; 8 MiB by default. */
  readonly chunkSize?: number;
  /** Parts on their way at most, over all uploads of a store; found by measuring (`"auto"`) by default. */
  readonly uploadConcurrency?: number | "auto";
  /** The class of objects and buckets that are made; the bucket's, and `STANDARD`, by default. */
  readonly storageClass?: GcsStorageClass;
  /** The Cloud KMS key by which objects are encrypted; the bucket's by default. */
  readonly kmsKey?: string;
  /** Compares checksums of downloads; true by default. */
  readonly verifyDownloads?: boolean;
}

/** Who asks. Where the options say it, nothing of the environment holds; it may say whom the account is impersonated by. */
export interface GcsIdentityOptions {
  /** A file of credentials, as Google's tools write it: else `GOOGLE_APPLICATION_CREDENTIALS`. */
  readonly credentialsFile?: string;
  /** An access token: else `CLOUDSDK_AUTH_ACCESS_TOKEN`, `GOOGLE_OAUTH_ACCESS_TOKEN`. */
  readonly accessToken?: string;
  /**
   * E-mail address of the service account to act as, after those of delegates with commas between: else
   * `CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT`.
   */
  readonly impersonateServiceAccount?: string;
}

/** Configuration of `gs://`, by name. What is absent comes from the environment; for the bounds see `docs/bounds.md`. */
export interface GcsOptions extends ConnectionOptions, GcsObjectOptions, GcsIdentityOptions {
  /** Base URL of the service: else `GCS_ENDPOINT_URL`, `STORAGE_EMULATOR_HOST`, `https://storage.googleapis.com`. */
  readonly endpoint?: string;
  /** Project whose buckets are listed and made: else `GOOGLE_CLOUD_PROJECT`, that of the credentials. */
  readonly project?: string;
  /** Project that pays for requests, which Requester Pays buckets ask for: else `GOOGLE_CLOUD_QUOTA_PROJECT`. */
  readonly userProject?: string;
  /** Where buckets are made; `US` by default. */
  readonly location?: string;
}
