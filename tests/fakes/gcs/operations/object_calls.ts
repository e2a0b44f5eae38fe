import type { WireResponse } from "@lade/testing/http";
import { emptyResponse } from "@lade/testing/http";
import { applyDocument } from "./attributes.ts";
import { bucketOf, type Call, jsonResponse, objectOf, readJson } from "./call.ts";
import { checkReadConditions, checkWriteConditions } from "./conditions.ts";
import { objectResource } from "./object_resource.ts";
import { checkProtection } from "./protection.ts";
import { countMutation } from "./store_object.ts";

/** `objects.get`. */
export function getObject(call: Call): WireResponse {
  const object = objectOf(call);
  checkReadConditions(call, object);
  return jsonResponse(objectResource(call, bucketOf(call), object));
}

/** `objects.patch`: what is null is taken back, what is absent stays. */
export async function patchObject(call: Call): Promise<WireResponse> {
  const document = await readJson(call);
  const object = objectOf(call);
  const bucket = bucketOf(call);
  checkWriteConditions(call, object);
  countMutation(call, bucket, object.name);
  const changed = { ...object, fields: { ...object.fields } };
  applyDocument(changed, document);
  Object.assign(object, changed, { metageneration: object.metageneration + 1, updated: call.server.now() });
  return jsonResponse(objectResource(call, bucket, object));
}

/** `objects.delete` and its like in the XML API: a generation for good; the live one is kept where generations are. */
export function deleteObject(call: Call): WireResponse {
  const { query, target: { key }, server } = call;
  const object = objectOf(call);
  const bucket = bucketOf(call);
  checkWriteConditions(call, object);
  const entry = bucket.makeEntry(key);
  const isKept = bucket.settings.versioning && !query.has("generation");
  if (!isKept) checkProtection(bucket, object, server.now());
  countMutation(call, bucket, key);
  if (isKept) bucket.retire(entry, server.now());
  else bucket.discard(entry, object, server.now());
  return emptyResponse(204);
}
