import { gunzipSync } from "node:zlib";
import type { WireResponse } from "@lade/testing/http";
import { bytesOf } from "../../parts/content.ts";
import { etagOf, type StoredObject } from "../store/stored_object.ts";
import { fieldHeaders } from "./attributes.ts";
import { readRange } from "./byte_range.ts";
import { type Call, objectOf, xmlEtag } from "./call.ts";
import { checkReadConditions } from "./conditions.ts";

/** The bytes of an object, with what the interface that was asked says of it in header fields. */
export function readObject(call: Call): WireResponse {
  const object = objectOf(call);
  checkReadConditions(call, object);
  const headers = objectHeaders(call, object);
  if (isTranscoded(call, object)) return transcoded(object, headers);
  const { content } = object;
  const span = call.ignoresRange ? undefined : readRange(call.headers.get("range"), content.size);
  const { offset, length } = span ?? { offset: 0, length: content.size };
  const body = { size: length, pieces: content.slice(offset, length) };
  if (!span) return { status: 200, headers, body, chunked: false };
  const range = { "Content-Range": `bytes ${offset}-${offset + length - 1}/${content.size}` };
  return { status: 206, headers: { ...headers, ...range }, body, chunked: false };
}

/** What the XML API says of an object instead of its bytes. */
export function headObject(call: Call): WireResponse {
  const object = objectOf(call);
  checkReadConditions(call, object);
  const body = { size: object.content.size, pieces: [] };
  return { status: 200, headers: objectHeaders(call, object), body, chunked: false };
}

function objectHeaders(
  { target: { api }, query, server }: Call,
  object: StoredObject,
): Record<string, string> {
  const { fields, crc32c, md5, kmsKeyName } = object;
  const hashes: Record<string, string> = { "X-Goog-Hash": `crc32c=${crc32c}` };
  // A field each, as the service sends them.
  if (md5 !== undefined) hashes["x-goog-hash"] = `md5=${md5}`;
  return {
    "Content-Type": "application/octet-stream",
    "Cache-Control": "private, max-age=0",
    "Expires": new Date(server.now()).toUTCString(),
    ...fieldHeaders(object),
    ...(api === "xml" && responseFields(query)),
    "Accept-Ranges": "bytes",
    "ETag": api === "xml" ? xmlEtag(object) : etagOf(object),
    "Last-Modified": new Date(object.updated).toUTCString(),
    "X-Goog-Generation": object.generation,
    "X-Goog-Metageneration": String(object.metageneration),
    "X-Goog-Stored-Content-Encoding": fields.contentEncoding ?? "identity",
    "X-Goog-Stored-Content-Length": String(object.content.size),
    "X-Goog-Storage-Class": object.storageClass,
    ...hashes,
    ...(object.componentCount !== undefined && { "X-Goog-Component-Count": String(object.componentCount) }),
    ...(kmsKeyName !== undefined &&
      { "X-Goog-Encryption-Kms-Key-Name": `${kmsKeyName}/cryptoKeyVersions/1` }),
    ...(api === "xml" && metadataHeaders(object)),
  };
}

/** Fields that a query asks to be answered in place of the object's own. */
function responseFields(query: ReadonlyMap<string, string>): Record<string, string> {
  const rows = [["response-content-type", "Content-Type"], [
    "response-content-disposition",
    "Content-Disposition",
  ]];
  return Object.fromEntries(
    rows.flatMap(([asked = "", name = ""]) => query.has(asked) ? [[name, query.get(asked) ?? ""]] : []),
  );
}

/** Metadata as header fields: names in lower case, and only those that are names of fields. */
function metadataHeaders({ metadata }: StoredObject): Record<string, string> {
  const told = [...metadata].filter(([name]) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name));
  return Object.fromEntries(
    told.map(([name, value]) => [`x-goog-meta-${name.toLowerCase()}`, onWire(value)]),
  );
}

/** A value as the bytes of its UTF-8 form, one character each; what a field cannot hold becomes a space. */
function onWire(value: string): string {
  // deno-lint-ignore no-control-regex
  const bytes = new TextEncoder().encode(value.replace(/[\x00-\x1f\x7f]/g, " "));
  return bytes.reduce((text, byte) => text + String.fromCharCode(byte), "");
}

/** Whether an object that is stored compressed is sent as what it was before: to clients that do not say they take it. */
function isTranscoded({ headers }: Call, { fields }: StoredObject): boolean {
  if (fields.contentEncoding !== "gzip" || /\bno-transform\b/.test(fields.cacheControl ?? "")) return false;
  return !/\bgzip\b/.test(headers.get("accept-encoding") ?? "");
}

function transcoded(
  object: StoredObject,
  { "Content-Encoding": _, ...headers }: Record<string, string>,
): WireResponse {
  const body = new Uint8Array(gunzipSync(bytesOf(object.content)));
  const warning = { "Warning": "214 UploadServer gunzipped", "Accept-Ranges": "none" };
  return { status: 200, headers: { ...headers, ...warning }, body, chunked: true };
}
