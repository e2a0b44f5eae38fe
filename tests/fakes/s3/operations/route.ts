import { S3Error } from "../s3_error.ts";
import type { HeaderList } from "@lade/testing/http";

/** The operations the server knows, named as in the Amazon S3 API reference. */
export type Operation =
  | "AbortMultipartUpload"
  | "CompleteMultipartUpload"
  | "CopyObject"
  | "CreateBucket"
  | "CreateMultipartUpload"
  | "DeleteBucket"
  | "DeleteObject"
  | "DeleteObjectTagging"
  | "DeleteObjects"
  | "GetBucketLocation"
  | "GetBucketVersioning"
  | "GetObject"
  | "GetObjectAttributes"
  | "GetObjectTagging"
  | "HeadBucket"
  | "HeadObject"
  | "ListBuckets"
  | "ListMultipartUploads"
  | "ListObjectVersions"
  | "ListObjects"
  | "ListObjectsV2"
  | "ListParts"
  | "PutBucketVersioning"
  | "PutObject"
  | "PutObjectTagging"
  | "UploadPart"
  | "UploadPartCopy";

/** Query parameters that choose an operation this server has not. */
const UNKNOWN = new Set(
  ("accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics " +
    "notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment " +
    "restore retention select select-type torrent website session").split(" "),
);

/** The operation a request asks for. */
export function route(
  method: string,
  target: { bucketName: string; key: string },
  query: ReadonlyMap<string, string>,
  headers: HeaderList,
): Operation {
  const operation = [...query.keys()].some((name) => UNKNOWN.has(name))
    ? "none"
    : target.bucketName === ""
    ? (method === "GET" ? "ListBuckets" : undefined)
    : target.key === ""
    ? bucketOperation(method, query)
    : objectOperation(method, query, headers.has("x-amz-copy-source"));
  if (operation === "none") throw new S3Error("NotImplemented");
  if (operation === undefined) throw new S3Error("MethodNotAllowed", { details: { Method: method } });
  return operation;
}

function bucketOperation(method: string, query: ReadonlyMap<string, string>): Operation | "none" | undefined {
  switch (method) {
    case "HEAD":
      return "HeadBucket";
    case "DELETE":
      return query.has("tagging") ? "none" : "DeleteBucket";
    case "POST":
      return query.has("delete") ? "DeleteObjects" : undefined;
    case "PUT":
      return query.has("tagging") ? "none" : query.has("versioning") ? "PutBucketVersioning" : "CreateBucket";
    case "GET":
      if (query.has("tagging")) return "none";
      if (query.has("location")) return "GetBucketLocation";
      if (query.has("versioning")) return "GetBucketVersioning";
      if (query.has("versions")) return "ListObjectVersions";
      if (query.has("uploads")) return "ListMultipartUploads";
      return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  }
}

function objectOperation(
  method: string,
  query: ReadonlyMap<string, string>,
  isCopy: boolean,
): Operation | undefined {
  switch (method) {
    case "HEAD":
      return "HeadObject";
    case "GET":
      if (query.has("uploadId")) return "ListParts";
      if (query.has("tagging")) return "GetObjectTagging";
      return query.has("attributes") ? "GetObjectAttributes" : "GetObject";
    case "PUT":
      if (query.has("uploadId")) return isCopy ? "UploadPartCopy" : "UploadPart";
      if (query.has("tagging")) return "PutObjectTagging";
      return isCopy ? "CopyObject" : "PutObject";
    case "POST":
      if (query.has("uploads")) return "CreateMultipartUpload";
      return query.has("uploadId") ? "CompleteMultipartUpload" : undefined;
    case "DELETE":
      if (query.has("uploadId")) return "AbortMultipartUpload";
      return query.has("tagging") ? "DeleteObjectTagging" : "DeleteObject";
  }
}
