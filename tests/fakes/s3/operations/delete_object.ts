import type { WireResponse } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import type { Bucket } from "../store/bucket.ts";
import { BytesContent } from "../../parts/content.ts";
import { plainAttributes } from "../store/stored_object.ts";
import { bucketOf, type Call, emptyResponse, wholeSeconds } from "./call.ts";
import { checkDeleteCondition } from "./conditions.ts";

/** What a delete did. */
export interface Deleted {
  /** The version that was removed, or the delete marker that was made. */
  versionId?: string;
  /** Whether that is a delete marker. */
  deleteMarker: boolean;
}

/** DeleteObject. */
export function deleteObject(call: Call): WireResponse {
  const deleted = deleteKey(call, bucketOf(call), {
    key: call.key,
    versionId: call.query.get("versionId"),
    ifMatch: call.headers.get("if-match"),
  });
  return emptyResponse(204, {
    ...(deleted.versionId === undefined ? {} : { "x-amz-version-id": deleted.versionId }),
    ...(deleted.deleteMarker ? { "x-amz-delete-marker": "true" } : {}),
  });
}

/** Deletes a key or one version of it, as the bucket's versioning has it. */
export function deleteKey(
  call: Call,
  bucket: Bucket,
  target: { key: string; versionId: string | undefined; ifMatch: string | undefined },
): Deleted {
  const { key, versionId } = target;
  const versions = bucket.versions(key);
  if (bucket.locked.has(key)) throw new S3Error("AccessDenied");
  const isThere = versions[0]?.deleteMarker === false;
  if (isThere || !call.server.settings.habits.deletesNothing) checkDeleteCondition(target.ifMatch, versions);
  if (versionId !== undefined) {
    const found = versions.find((version) => version.versionId === versionId);
    if (found === undefined && versionId !== "null" && !/^v\d{31}$/.test(versionId)) {
      throw new S3Error("InvalidArgument", { message: "Invalid version id specified" });
    }
    bucket.remove(key, versionId);
    return { versionId, deleteMarker: found?.deleteMarker ?? false };
  }
  if (bucket.versioning === "off") {
    bucket.remove(key, "null");
    return { deleteMarker: false };
  }
  const marker = bucket.newVersionId();
  bucket.add({
    key,
    versionId: marker,
    deleteMarker: true,
    content: new BytesContent(new Uint8Array(0)),
    etag: "",
    lastModified: wholeSeconds(call),
    owner: call.identity.owner,
    attributes: plainAttributes(),
  });
  return { versionId: marker, deleteMarker: true };
}
