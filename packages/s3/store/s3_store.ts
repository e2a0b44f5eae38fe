import type {
  AdaptiveLimit,
  CallOptions,
  ObjectStore,
  PartWriter,
  PendingUpload,
  ResumeOptions,
  StoreLimits,
} from "@lade/core";
import type { PendingPart } from "@lade/service/parts";

/** A bucket of Amazon S3 or of a service that speaks its protocol. */
export interface S3Store extends ObjectStore {
  /** Base URL of the service. */
  readonly endpoint: string;
  /** The region that requests are signed for now; one that turned out wrong is corrected. */
  readonly region: string;
  /** Who asks, without any secret: `access key "AKIA…" (from the environment)`. */
  readonly identity: string;
  /** One for chunks, and one for parts. */
  readonly limits: StoreLimits & { readonly write: AdaptiveLimit };
  /** Lists the parts that the service has of an upload. */
  listParts(key: string, uploadId: string, options?: CallOptions): AsyncIterable<PendingPart>;
  /**
   * Lists multipart uploads that were begun and are neither completed nor aborted, by any program. Needs
   * `s3:ListBucketMultipartUploads`.
   */
  listUploads(prefix?: string, options?: CallOptions): AsyncIterable<PendingUpload>;
  /** Removes a multipart upload and its parts; one that is gone already is no error. Needs `s3:AbortMultipartUpload`. */
  abortUpload(key: string, token: string, options?: CallOptions): Promise<void>;
  /** Goes on with a multipart upload. Needs `s3:ListMultipartUploadParts`. */
  resumePartWriter(key: string, size: number, token: string, options?: ResumeOptions): Promise<PartWriter>;
}
