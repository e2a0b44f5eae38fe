import { emptyResponse, type WireResponse } from "@lade/testing/http";
import { GcsError } from "../gcs_error.ts";
import { readHeaders } from "./attributes.ts";
import { bucketOf, type Call, xmlEtag } from "./call.ts";
import { checkPermission } from "./check_access.ts";
import { checkClaims, claimedIn } from "./checksums.ts";
import { checkWriteConditions } from "./conditions.ts";
import { limitsOf } from "./insert_object.ts";
import { checkObjectName } from "./names.ts";
import { receiveBody } from "./receive_body.ts";
import { storeObject } from "./store_object.ts";

/** PUT of an object by the XML API. */
export async function putXmlObject(call: Call): Promise<WireResponse> {
  const { headers, body, target: { key: name } } = call;
  const bucket = bucketOf(call);
  checkObjectName(name);
  const isChunked = headers.get("transfer-encoding") !== undefined;
  if (body.declaredLength === undefined && !isChunked) throw new GcsError("MissingContentLength");
  const received = await receiveBody(body, limitsOf(call));
  checkClaims(claimedIn(headers), received.content, received);
  const current = bucket.entry(name)?.current;
  if (current) checkPermission(call, "objects.delete");
  checkWriteConditions(call, current);
  const object = storeObject(call, bucket, { name, attributes: readHeaders(headers, bucket), ...received });
  const hashes: Record<string, string> = { "X-Goog-Hash": `crc32c=${object.crc32c}` };
  if (object.md5 !== undefined) hashes["x-goog-hash"] = `md5=${object.md5}`;
  return emptyResponse(200, {
    "ETag": xmlEtag(object),
    "X-Goog-Generation": object.generation,
    "X-Goog-Metageneration": "1",
    "X-Goog-Stored-Content-Encoding": object.fields.contentEncoding ?? "identity",
    "X-Goog-Stored-Content-Length": String(object.content.size),
    ...hashes,
  });
}
