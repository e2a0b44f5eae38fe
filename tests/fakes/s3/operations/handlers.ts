import { createBucket, deleteBucket, getBucketLocation, getBucketVersioning } from "./buckets.ts";
import { headBucket, listBuckets, putBucketVersioning } from "./buckets.ts";
import type { Handler } from "./call.ts";
import { completeMultipartUpload } from "./complete_multipart_upload.ts";
import { copyObject } from "./copy_object.ts";
import { createMultipartUpload } from "./create_multipart_upload.ts";
import { deleteObject } from "./delete_object.ts";
import { deleteObjects } from "./delete_objects.ts";
import { getObject } from "./get_object.ts";
import { getObjectAttributes } from "./get_object_attributes.ts";
import { listObjects, listObjectsV2 } from "./list_objects.ts";
import { listObjectVersions } from "./list_object_versions.ts";
import { abortMultipartUpload, listMultipartUploads, listParts } from "./list_uploads.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./object_tagging.ts";
import { putObject } from "./put_object.ts";
import type { Operation } from "./route.ts";
import { uploadPart, uploadPartCopy } from "./upload_part.ts";

/** What does each operation. */
export const HANDLERS: Readonly<Record<Operation, Handler>> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteObject: deleteObject,
  DeleteObjectTagging: deleteObjectTagging,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetBucketVersioning: getBucketVersioning,
  GetObject: getObject,
  GetObjectAttributes: getObjectAttributes,
  GetObjectTagging: getObjectTagging,
  HeadBucket: headBucket,
  HeadObject: getObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjectVersions: listObjectVersions,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PutBucketVersioning: putBucketVersioning,
  PutObject: putObject,
  PutObjectTagging: putObjectTagging,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};
