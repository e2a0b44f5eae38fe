import { decodeUri } from "../auth/uri_encoding.ts";
import { S3Error } from "../s3_error.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { Call } from "./call.ts";
import { checkAccess } from "./check_access.ts";
import { checkCopyConditions } from "./conditions.ts";
import { checkCustomerKey, readCustomerKey } from "./customer_key.ts";
import { findObject } from "./find_object.ts";
import { habitualKey } from "./habits.ts";

/** The object named by `x-amz-copy-source`, once the sender may read it and its conditions hold. */
export function copySource(call: Call): { object: StoredObject; versioned: boolean } {
  const header = call.headers.get("x-amz-copy-source") ?? "";
  const question = header.indexOf("?versionId=");
  const path = decodeUri(question < 0 ? header : header.slice(0, question)).replace(/^\//, "");
  const versionId = question < 0 ? undefined : decodeUri(header.slice(question + "?versionId=".length));
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1) {
    throw new S3Error("InvalidArgument", {
      message: "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      details: { ArgumentName: "x-amz-copy-source", ArgumentValue: header },
    });
  }
  const bucket = call.server.buckets.get(path.slice(0, slash));
  if (bucket === undefined) {
    throw new S3Error("NoSuchBucket", { details: { BucketName: path.slice(0, slash) } });
  }
  checkAccess(call, bucket, "GetObject", { versionId });
  const key = habitualKey(path.slice(slash + 1), call.server.settings.habits);
  const object = findObject(call, bucket, key, versionId);
  checkCustomerKey(
    object.attributes.customerKeyMd5,
    readCustomerKey(call.headers, "x-amz-copy-source-server-side-encryption-customer-"),
  );
  checkCopyConditions(call.headers, object);
  return { object, versioned: bucket.versioning !== "off" };
}
