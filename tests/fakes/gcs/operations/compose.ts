import type { WireResponse } from "@lade/testing/http";
import { combineCrc32c, crc32cFromBase64, crc32cToBase64 } from "@lade/codec/checksum";
import { JoinedContent } from "../../parts/content.ts";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { readDocument } from "./attributes.ts";
import { bucketOf, type Call, jsonResponse, noSuchKey, readJson } from "./call.ts";
import { checkPermission } from "./check_access.ts";
import { checkQuery, checkWriteConditions } from "./conditions.ts";
import { objectResource } from "./object_resource.ts";
import { storeObject } from "./store_object.ts";

/** Most objects that become one with one call. */
const MAX_SOURCES = 32;

/** `objects.compose`: the bytes of several objects of a bucket one after the other, without an MD5. */
export async function composeObject(call: Call): Promise<WireResponse> {
  const { target: { key: name }, query } = call;
  const { sourceObjects, destination = {} } = await readJson(call);
  const bucket = bucketOf(call);
  if (!Array.isArray(sourceObjects) || sourceObjects.length === 0) {
    throw new GcsError("RequiredParameter", "You must provide at least one source component.");
  }
  if (sourceObjects.length > MAX_SOURCES) {
    throw new GcsError(
      "InvalidArgument",
      `The number of source components provided (${sourceObjects.length}) exceeds the maximum (${MAX_SOURCES})`,
    );
  }
  const sources = sourceObjects.map((source) => findSource(bucket, Object(source)));
  const current = bucket.entry(name)?.current;
  if (current) checkPermission(call, "objects.delete");
  checkWriteConditions(call, current);
  const attributes = readDocument(Object(destination), bucket, query);
  const crc32c = crc32cToBase64(
    sources.reduce((sum, one) => combineCrc32c(sum, crc32cFromBase64(one.crc32c), one.content.size), 0),
  );
  const content = new JoinedContent(sources.map((source) => source.content));
  const componentCount = sources.reduce((sum, source) => sum + (source.componentCount ?? 1), 0);
  const made = storeObject(call, bucket, { name, attributes, content, crc32c, componentCount });
  return jsonResponse(objectResource(call, bucket, made));
}

function findSource(
  bucket: Bucket,
  { name, generation, objectPreconditions }: Readonly<Record<string, unknown>>,
): StoredObject {
  if (typeof name !== "string") throw badParameter("sourceObjects.name", String(name));
  const source = bucket.find(name, generation === undefined ? undefined : String(generation));
  if (!source) throw noSuchKey(bucket.name, name);
  const match = Object(objectPreconditions).ifGenerationMatch;
  if (match !== undefined) checkQuery(new Map([["ifGenerationMatch", String(match)]]), source);
  return source;
}
