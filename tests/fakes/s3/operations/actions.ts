import type { HeaderList } from "@lade/testing/http";
import type { Operation } from "./route.ts";

/** What a request asks for, as far as its permissions depend on it. */
export interface AskedAction {
  /** The operation. */
  operation: Operation;
  /** The version that is named, of the object or of the source of a copy. */
  versionId?: string | undefined;
  /** The header fields. */
  headers?: HeaderList;
}

const ACTIONS: Readonly<Record<Operation, readonly string[]>> = {
  AbortMultipartUpload: ["s3:AbortMultipartUpload"],
  CompleteMultipartUpload: ["s3:PutObject"],
  // That of its source is checked where that is found.
  CopyObject: ["s3:PutObject"],
  CreateBucket: ["s3:CreateBucket"],
  CreateMultipartUpload: ["s3:PutObject"],
  DeleteBucket: ["s3:DeleteBucket"],
  DeleteObject: ["s3:DeleteObject"],
  DeleteObjectTagging: ["s3:DeleteObjectTagging"],
  // Each of its keys is checked by itself.
  DeleteObjects: [],
  GetBucketLocation: ["s3:GetBucketLocation"],
  GetBucketVersioning: ["s3:GetBucketVersioning"],
  GetObject: ["s3:GetObject"],
  GetObjectAttributes: ["s3:GetObject", "s3:GetObjectAttributes"],
  GetObjectTagging: ["s3:GetObjectTagging"],
  HeadBucket: ["s3:ListBucket"],
  HeadObject: ["s3:GetObject"],
  ListBuckets: ["s3:ListAllMyBuckets"],
  ListMultipartUploads: ["s3:ListBucketMultipartUploads"],
  ListObjectVersions: ["s3:ListBucketVersions"],
  ListObjects: ["s3:ListBucket"],
  ListObjectsV2: ["s3:ListBucket"],
  ListParts: ["s3:ListMultipartUploadParts"],
  PutBucketVersioning: ["s3:PutBucketVersioning"],
  PutObject: ["s3:PutObject"],
  PutObjectTagging: ["s3:PutObjectTagging"],
  UploadPart: ["s3:PutObject"],
  UploadPartCopy: ["s3:PutObject"],
};

/** Actions that have another name where a version is asked for. */
const OF_VERSIONS: Readonly<Record<string, string>> = {
  "s3:DeleteObject": "s3:DeleteObjectVersion",
  "s3:GetObject": "s3:GetObjectVersion",
  "s3:GetObjectAttributes": "s3:GetObjectVersionAttributes",
  "s3:GetObjectTagging": "s3:GetObjectVersionTagging",
};

/**
 * The IAM actions that a request needs all of ("Actions, resources, and condition keys for Amazon S3", and the pages on
 * conditional writes and deletes).
 */
export function actionsOf({ operation, versionId, headers }: AskedAction): readonly string[] {
  const actions = ACTIONS[operation].map((action) =>
    versionId === undefined ? action : OF_VERSIONS[action] ?? action
  );
  const reads = headers?.has("if-match") &&
    /^(PutObject|CompleteMultipartUpload|CopyObject|DeleteObject)$/.test(operation);
  const tags = headers?.has("x-amz-tagging") &&
    /^(PutObject|CreateMultipartUpload|CopyObject)$/.test(operation);
  return [...actions, ...(reads ? ["s3:GetObject"] : []), ...(tags ? ["s3:PutObjectTagging"] : [])];
}
