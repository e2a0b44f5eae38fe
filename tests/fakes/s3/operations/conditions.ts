import { S3Error } from "../s3_error.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { HeaderList } from "@lade/testing/http";
import { etagMatches, quoted } from "./etag.ts";

/** Checks the conditions of a read; an unchanged object is `NotModified`. */
export function checkReadConditions(headers: HeaderList, object: StoredObject): void {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  if (match !== undefined && !etagMatches(match, object.etag)) throw failed("If-Match");
  if (match === undefined && isNewer(object, headers.get("if-unmodified-since"))) {
    throw failed("If-Unmodified-Since");
  }
  const unchanged = noneMatch !== undefined
    ? etagMatches(noneMatch, object.etag)
    : isNewer(object, headers.get("if-modified-since")) === false;
  if (unchanged) throw new S3Error("NotModified", { headers: { "ETag": quoted(object.etag) } });
}

/** Checks the conditions on what a write replaces. */
export function checkWriteConditions(headers: HeaderList, current: StoredObject | undefined): void {
  const match = headers.get("if-match");
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== "*" || match !== undefined) throw new S3Error("NotImplemented");
    if (current !== undefined) throw failed("If-None-Match");
  }
  if (match === undefined) return;
  if (current === undefined) throw new S3Error("NoSuchKey");
  if (!etagMatches(match, current.etag)) throw failed("If-Match");
}

/** Checks the conditions on the source of a copy. */
export function checkCopyConditions(headers: HeaderList, source: StoredObject): void {
  const field = (name: string) => headers.get(`x-amz-copy-source-${name}`);
  const match = field("if-match");
  const noneMatch = field("if-none-match");
  if (match !== undefined && !etagMatches(match, source.etag)) throw failed("x-amz-copy-source-If-Match");
  if (match === undefined && isNewer(source, field("if-unmodified-since"))) {
    throw failed("x-amz-copy-source-If-Unmodified-Since");
  }
  if (noneMatch !== undefined) {
    if (etagMatches(noneMatch, source.etag)) throw failed("x-amz-copy-source-If-None-Match");
  } else if (isNewer(source, field("if-modified-since")) === false) {
    throw failed("x-amz-copy-source-If-Modified-Since");
  }
}

/** Checks the condition of a delete: an absent key is `NoSuchKey`, a delete marker never matches. */
export function checkDeleteCondition(match: string | undefined, versions: readonly StoredObject[]): void {
  if (match === undefined) return;
  const newest = versions[0];
  if (newest === undefined) throw new S3Error("NoSuchKey");
  if (newest.deleteMarker || !etagMatches(match, newest.etag)) throw failed("If-Match");
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { details: { Condition: condition } });
}

/** Whether the object changed after a date, or undefined when there is no valid date. */
function isNewer(object: StoredObject, date: string | undefined): boolean | undefined {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? undefined : object.lastModified > ms;
}
