import type { HeaderList } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";
import type { StoredBlob } from "../store/stored_blob.ts";

/** What conditions are held against. */
type Conditioned = Pick<StoredBlob, "etag" | "lastModified"> & Partial<Pick<StoredBlob, "tags">>;

/** Checks the conditions of a read; an unchanged blob is `ConditionNotMet` with 304. */
export function checkReadConditions(headers: HeaderList, blob: Conditioned): void {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = readConditions(headers);
  if (noneMatch === "*") throw new AzureError("UnsatisfiableCondition");
  if (match !== undefined && !fits(match, blob.etag)) throw new AzureError("ConditionNotMet");
  if (unmodifiedSince !== undefined && blob.lastModified > unmodifiedSince) {
    throw new AzureError("ConditionNotMet");
  }
  checkTagCondition(headers, blob);
  const unchanged = noneMatch !== undefined
    ? fits(noneMatch, blob.etag)
    : modifiedSince !== undefined && blob.lastModified <= modifiedSince;
  if (unchanged) throw new AzureError("ConditionNotMet", { status: 304 });
}

/**
 * Checks the conditions on what a write changes. With `exists` the code for what is there although it must not, where
 * the write may make it.
 */
export function checkWriteConditions(
  headers: HeaderList,
  current: Conditioned | undefined,
  exists: "BlobAlreadyExists" | "PathAlreadyExists" = "BlobAlreadyExists",
): void {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = readConditions(headers);
  if (!current) {
    if (match !== undefined) throw new AzureError("ConditionNotMet");
    return;
  }
  if (noneMatch === "*") throw new AzureError(exists);
  const fails = (match !== undefined && !fits(match, current.etag)) ||
    (noneMatch !== undefined && fits(noneMatch, current.etag)) ||
    (unmodifiedSince !== undefined && current.lastModified > unmodifiedSince) ||
    (modifiedSince !== undefined && current.lastModified <= modifiedSince);
  if (fails) throw new AzureError("ConditionNotMet");
  checkTagCondition(headers, current);
}

/** Checks the conditions on the source of a copy. */
export function checkSourceConditions(headers: HeaderList, source: Conditioned): void {
  const { match, noneMatch, modifiedSince, unmodifiedSince } = readConditions(headers, "x-ms-source-");
  const fails = (match !== undefined && !fits(match, source.etag)) ||
    (noneMatch !== undefined && fits(noneMatch, source.etag)) ||
    (unmodifiedSince !== undefined && source.lastModified > unmodifiedSince) ||
    (modifiedSince !== undefined && source.lastModified <= modifiedSince);
  if (fails) throw new AzureError("SourceConditionNotMet");
}

function readConditions(headers: HeaderList, prefix = "") {
  const match = headers.get(`${prefix}if-match`);
  const noneMatch = headers.get(`${prefix}if-none-match`);
  for (const given of [match, noneMatch]) {
    if (given?.includes(",")) throw new AzureError("MultipleConditionHeadersNotSupported");
  }
  const modifiedSince = dateIn(headers, `${prefix}if-modified-since`);
  const unmodifiedSince = dateIn(headers, `${prefix}if-unmodified-since`);
  return { match, noneMatch, modifiedSince, unmodifiedSince };
}

function dateIn(headers: HeaderList, name: string): number | undefined {
  const text = headers.get(name);
  if (text === undefined) return undefined;
  const date = Date.parse(text);
  if (Number.isNaN(date)) throw badHeader(name, text);
  return date;
}

/** Whether an etag is the one of a condition, with or without quotes. */
function fits(condition: string, etag: string): boolean {
  const plain = (text: string) => text.replace(/^"(.*)"$/, "$1");
  return condition === "*" || plain(condition) === plain(etag);
}

/** `x-ms-if-tags`: comparisons for equality, all of which must hold. */
function checkTagCondition(headers: HeaderList, { tags }: Conditioned): void {
  const condition = headers.get("x-ms-if-tags");
  if (condition === undefined) return;
  for (const part of condition.split(/ and /i)) {
    const [, name, value] = /^\s*"([^"]*)"\s*=\s*'([^']*)'\s*$/.exec(part) ?? [];
    if (name === undefined) throw badHeader("x-ms-if-tags", condition);
    if (tags?.get(name) !== value) throw new AzureError("ConditionNotMet");
  }
}
