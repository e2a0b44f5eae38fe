import type { WireResponse } from "@lade/testing/http";
import type { Bucket } from "../store/bucket.ts";
import { storedChecksum, type StoredObject } from "../store/stored_object.ts";
import { checksumHeaders, encryptionHeaders, readAttributes } from "./attributes.ts";
import { bucketOf, type Call, emptyResponse, wholeSeconds } from "./call.ts";
import { checkWriteConditions } from "./conditions.ts";
import { quoted } from "./etag.ts";
import { receiveBody } from "./receive_body.ts";

/** PutObject. */
export async function putObject(call: Call): Promise<WireResponse> {
  const bucket = bucketOf(call);
  const attributes = readAttributes(call.headers);
  const received = await receiveBody(call, {
    limit: call.server.settings.maxPutSize,
    discard: bucket.discard,
  });
  // Nothing is awaited from here on: of concurrent conditional writes exactly one finds the key as it
  // expects.
  checkWriteConditions(call.headers, bucket.current(call.key));
  const object: StoredObject = {
    key: call.key,
    versionId: bucket.newVersionId(),
    deleteMarker: false,
    content: received.content,
    etag: received.md5,
    lastModified: wholeSeconds(call),
    owner: call.identity.owner,
    attributes,
    ...(received.checksum === undefined ? {} : { checksum: received.checksum }),
  };
  bucket.add(object);
  return emptyResponse(200, { "ETag": quoted(object.etag), ...writtenHeaders(call, bucket, object) });
}

/** The fields by which every write answers what it stored. */
export function writtenHeaders(call: Call, bucket: Bucket, object: StoredObject): Record<string, string> {
  const { checksums, defaultChecksum } = call.server.settings;
  return {
    ...(bucket.versioning === "off" ? {} : { "x-amz-version-id": object.versionId }),
    ...encryptionHeaders(object.attributes),
    ...(checksums ? checksumHeaders(storedChecksum(object, defaultChecksum && !bucket.discard)) : {}),
  };
}
