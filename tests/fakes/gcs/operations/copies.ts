import type { WireResponse } from "@lade/testing/http";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { ObjectAttributes, StoredObject } from "../store/stored_object.ts";
import { plainAttributes, readDocument } from "./attributes.ts";
import { bucketOf, type Call, generationIn, jsonResponse, noSuchKey, readJson } from "./call.ts";
import { checkPayer, checkPermission } from "./check_access.ts";
import { checkSourceConditions, checkWriteConditions } from "./conditions.ts";
import { objectResource } from "./object_resource.ts";
import { checkProtection } from "./protection.ts";
import { storeObject } from "./store_object.ts";

/**
 * `objects.rewrite`: done with one call where place, class and key stay the same, else so many bytes with each, by a
 * token.
 */
export async function rewriteObject(call: Call): Promise<WireResponse> {
  const { query, server, target } = call;
  const document = await readJson(call);
  const { bucket, name } = destinationOf(call);
  checkPayer(call, bucket.name);
  const { source, origin } = sourceOf(call);
  const attributes = copiedAttributes(source, document, bucket, query);
  checkDestination(call, bucket, name);
  const size = source.content.size;
  const isFree = origin.settings.location === bucket.settings.location &&
    source.storageClass === attributes.storageClass && source.kmsKeyName === attributes.kmsKeyName;
  const step = Math.min(server.settings.rewriteBytes, maxBytes(query));
  const what = JSON.stringify([target, source.generation, document, query.get("destinationKmsKeyName")]);
  const given = query.get("rewriteToken");
  const rewrite = given === undefined ? { what, done: 0 } : server.rewrites.get(given);
  if (rewrite?.what !== what) throw badParameter("rewriteToken", given ?? "");
  rewrite.done = isFree ? size : Math.min(size, rewrite.done + step);
  const progress = {
    kind: "storage#rewriteResponse",
    totalBytesRewritten: String(rewrite.done),
    objectSize: String(size),
    done: rewrite.done === size,
  };
  if (rewrite.done < size) {
    const token = given ?? `rewrite-${server.nextGeneration()}`;
    server.rewrites.set(token, rewrite);
    return jsonResponse({ ...progress, rewriteToken: token });
  }
  if (given !== undefined) server.rewrites.delete(given);
  const { content, crc32c, md5, componentCount } = source;
  const made = storeObject(call, bucket, { name, attributes, content, crc32c, md5, componentCount });
  return jsonResponse({ ...progress, resource: objectResource(call, bucket, made) });
}

/** `objects.move`: the object has another name from now on, and none has it in between. */
export function moveObject(call: Call): WireResponse {
  const { server, target: { key } } = call;
  if (server.settings.refusesMoves) throw new GcsError("NotFound");
  const { bucket, name } = destinationOf(call);
  const { source } = sourceOf(call);
  if (name === key) {
    throw new GcsError("InvalidArgument", "The source and the destination are the same object.");
  }
  checkDestination(call, bucket, name);
  checkProtection(bucket, source, server.now());
  const { content, contexts, crc32c, md5, componentCount, fields, metadata, storageClass, kmsKeyName } =
    source;
  const attributes = {
    ...plainAttributes(bucket),
    fields,
    metadata,
    contexts,
    storageClass,
    ...(kmsKeyName !== undefined && { kmsKeyName }),
  };
  const made = storeObject(call, bucket, { name, attributes, content, crc32c, md5, componentCount });
  bucket.retire(bucket.makeEntry(key), server.now());
  return jsonResponse(objectResource(call, bucket, made));
}

function destinationOf(call: Call): { readonly bucket: Bucket; readonly name: string } {
  const { bucket = "", key: name = "" } = call.target.destination ?? {};
  return { bucket: bucketOf(call, bucket), name };
}

function sourceOf(call: Call): { readonly source: StoredObject; readonly origin: Bucket } {
  const { target: { bucket, key }, query } = call;
  const origin = bucketOf(call);
  const source = origin.find(key, generationIn(query, "sourceGeneration"));
  if (!source) throw noSuchKey(bucket, key);
  checkSourceConditions(call, source);
  return { source, origin };
}

function checkDestination(call: Call, bucket: Bucket, name: string): void {
  const current = bucket.entry(name)?.current;
  if (current) checkPermission(call, "objects.delete");
  checkWriteConditions(call, current);
}

/** What the source has where nothing is asked for, else what is asked for alone; the class is never the source's. */
function copiedAttributes(
  { contexts, fields, metadata }: StoredObject,
  document: Readonly<Record<string, unknown>>,
  bucket: Bucket,
  query: ReadonlyMap<string, string>,
): ObjectAttributes {
  const kmsKeyName = query.get("destinationKmsKeyName");
  const asked = Object.keys(document).length > 0
    ? readDocument(document, bucket, new Map())
    : { ...plainAttributes(bucket), contexts, fields: { ...fields }, metadata };
  return kmsKeyName === undefined ? asked : { ...asked, kmsKeyName };
}

function maxBytes(query: ReadonlyMap<string, string>): number {
  const text = query.get("maxBytesRewrittenPerCall");
  if (text === undefined) return Infinity;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value % 2 ** 20 !== 0) {
    throw badParameter("maxBytesRewrittenPerCall", text);
  }
  return value;
}
