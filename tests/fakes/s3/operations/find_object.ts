import { S3Error } from "../s3_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { Call } from "./call.ts";
import { mayList } from "./check_access.ts";

/** The version of a key a request means: the one named, or the current one. */
export function findObject(
  call: Call,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): StoredObject {
  const versions = bucket.versions(key);
  const found = versionId === undefined
    ? versions[0]
    : versions.find((version) => version.versionId === versionId);
  if (found === undefined) {
    if (versionId !== undefined) {
      throw new S3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
    }
    throw noSuchKey(call, key);
  }
  if (!found.deleteMarker) return found;
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId };
  if (versionId === undefined) throw noSuchKey(call, key, headers);
  throw new S3Error("MethodNotAllowed", {
    details: { Method: "GET", ResourceType: "DeleteMarker" },
    headers: { ...headers, "Allow": "DELETE" },
  });
}

/** A sender that may not list is not told whether a key exists. */
function noSuchKey(call: Call, key: string, headers: Record<string, string> = {}): S3Error {
  return mayList(call)
    ? new S3Error("NoSuchKey", { details: { Key: key }, headers })
    : new S3Error("AccessDenied");
}
