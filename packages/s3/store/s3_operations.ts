import type { KeyCall } from "@lade/core/backend";
import type { ServiceCopy, ServiceOperations } from "@lade/service/store";
import type { BucketCopy } from "../copy/bucket_copy.ts";
import { bucketPlace } from "../endpoint/bucket_place.ts";
import { listObjects } from "../list/list_page.ts";
import { getObject } from "../objects/get_object.ts";
import { getTags } from "../objects/get_tags.ts";
import { headObject } from "../objects/head_object.ts";
import type { UploadTarget } from "../upload/upload_target.ts";
import type { S3Target } from "./s3_target.ts";

/** What a service of S3 does. Only what reads and lists is there from the start. */
export const S3_OPERATIONS: ServiceOperations<S3Target> = {
  get({ connection, limits: { read } }, key, options, { uri }) {
    const { falls } = read;
    return getObject(connection, uri, key, options, () => read.noteThrottled(falls));
  },
  head: ({ connection }, key, options, { uri }) => headObject(connection, uri, key, options),
  /** In one request up to the multipart threshold, in parts sent side by side beyond. */
  async put(target, key, data, options, call) {
    const { threshold, disabled } = target.connection.config.multipart;
    if (disabled || data.length <= threshold) {
      const { putObject } = await import("../upload/put_object.ts");
      return await putObject(uploadOf(target, key, call), data, options);
    }
    const { putLarge } = await import("../upload/make_sink.ts");
    return await putLarge(target, uploadOf(target, key, call), data, options);
  },
  async sink(target, key, options, call) {
    const { makeSink } = await import("../upload/make_sink.ts");
    return await makeSink(target, uploadOf(target, key, call), options);
  },
  async resume(target, key, token, options, call) {
    const { resumeSink } = await import("../upload/make_sink.ts");
    return await resumeSink(target, uploadOf(target, key, call), token, options);
  },
  async listUploads({ connection, uri }, prefix, options) {
    const { listUploads } = await import("../upload/list_uploads.ts");
    return listUploads(connection, uri, prefix, options);
  },
  async abortUpload(target, key, id, { signal }, call) {
    const { MultipartUpload } = await import("../upload/multipart_upload.ts");
    await new MultipartUpload(uploadOf(target, key, call), id, undefined, "none").abort(signal);
  },
  list: ({ connection, uri }, prefix, options, delimiter) =>
    listObjects(connection, uri, prefix, options, delimiter),
  /** In a bucket that never kept versions, each object is its version `null`. */
  async listVersions({ connection, uri }, prefix, options, delimiter) {
    const { listObjectVersions } = await import("../list/version_page.ts");
    return listObjectVersions(connection, uri, prefix, options, delimiter);
  },
  /** In a bucket with versions, one without a version leaves a delete marker. */
  async delete({ connection }, key, options, { uri }) {
    const { deleteObject } = await import("../delete/delete_object.ts");
    await deleteObject(connection, uri, key, options);
  },
  async deleter({ connection, control, uri }) {
    const { S3BatchDeleter } = await import("../delete/s3_batch_deleter.ts");
    return new S3BatchDeleter(connection, control, uri);
  },
  async copy(copy, options, pin) {
    const { serverSideCopy } = await import("../copy/server_side_copy.ts");
    return await serverSideCopy(bucketCopy(copy), options, pin);
  },
  async copyFrom(copy, options) {
    const { copyBetween } = await import("../copy/server_side_copy.ts");
    return await copyBetween(bucketCopy(copy), options);
  },
  async rename(copy, options, copyAndDelete) {
    const { isHeld } = await import("../conditions/rely_on.ts");
    const { from: { connection }, fromKey: key, calls } = copy;
    const call = { operation: "rename", uri: calls.from.uri, permission: "s3:DeleteObject" };
    const settleDeletion = (_: string, mayLook: boolean) =>
      isHeld(connection, "delete-match", { call, key, signal: options.signal }, mayLook);
    await copyAndDelete(options, { settleDeletion });
  },
  /** Copies the object onto itself, with other attributes. */
  async setAttributes(target, key, attributes, options, call) {
    const { setAttributes } = await import("../copy/server_side_copy.ts");
    const own = { from: target, to: target, fromKey: key, toKey: key, calls: { from: call, to: call } };
    return await setAttributes({ ...bucketCopy(own), operation: call.operation }, attributes, options);
  },
  getTags: ({ connection }, key, options, { uri }) => getTags(connection, uri, key, options),
  placeOf: ({ connection: { bucket = "", endpoint } }, key) => bucketPlace(endpoint, bucket, key),
  async presign({ connection }, key, options, { uri }) {
    const { presignObject } = await import("../presign/presign_object.ts");
    return await presignObject(connection, uri, key, options);
  },
};

function uploadOf({ connection, control }: S3Target, key: string, { operation, uri }: KeyCall): UploadTarget {
  return { connection, control, operation, uri, key };
}

function bucketCopy({ from, to, fromKey, toKey, calls }: ServiceCopy<S3Target>): BucketCopy {
  return {
    source: from.connection,
    connection: to.connection,
    control: to.control,
    from: fromKey,
    to: toKey,
    fromUri: calls.from.uri,
    toUri: calls.to.uri,
  };
}
