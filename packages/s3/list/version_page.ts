import { type CommonPrefix, compareKeys, type ObjectVersion, UnsupportedError } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readSize, unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { payerHeaders } from "../objects/read_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";
import { decoderOf } from "./list_page.ts";
import { isTruncated } from "./page_end.ts";
import { readDocument } from "./read_document.ts";

/** Where a page of versions begins: after this version of this key. */
export interface VersionMarker {
  /** The key. */
  readonly key: string;
  /** The version; absent where the page begins after the key as a whole. */
  readonly version?: string;
}

/** A version, a delete marker or a folded prefix. */
export type VersionEntry = ObjectVersion | CommonPrefix;

/** What a page of versions is asked for by. */
export interface VersionQuery {
  /** Beginning of all keys. */
  readonly prefix: string;
  /** Folds keys at this; absent for a flat listing. */
  readonly delimiter: "/" | undefined;
  /** Where the page before left off; absent for the first page. */
  readonly after: VersionMarker | undefined;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** A page of a listing of versions. */
export interface VersionPage {
  /** Versions, delete markers and folded prefixes together: by ascending name, the newest version first. */
  readonly entries: readonly VersionEntry[];
  /** Where the next page begins; absent on the last. */
  readonly next?: VersionMarker;
  /** The page says that it is the last, though it may tell where a next one begins. */
  readonly claimsEnd: boolean;
}

/** Fetches a page by ListObjectVersions. */
export function versionPage(
  connection: S3Connection,
  call: FailedCall,
  { prefix, delimiter, after, signal }: VersionQuery,
): Promise<VersionPage> {
  const request = {
    method: "GET",
    query: {
      versions: "",
      "encoding-type": "url",
      prefix: prefix || undefined,
      delimiter,
      "key-marker": after?.key,
      "version-id-marker": after?.version,
    },
    headers: payerHeaders(connection.config),
    signal,
    call,
  } as const;
  return readDocument(connection, request, (root) => readPage(root, call));
}

function readPage(root: XmlElement, call: FailedCall): VersionPage {
  if (root.name === "ListBucketResult") {
    const { operation, uri } = call;
    throw new UnsupportedError({
      operation,
      uri,
      detail: "the service lists no versions, it listed objects",
    });
  }
  const decode = decoderOf(root);
  const versions = root.children.flatMap((element) =>
    element.name === "Version" || element.name === "DeleteMarker" ? [readVersion(element, decode, call)] : []
  );
  const key = childText(root, "NextKeyMarker");
  const version = childText(root, "NextVersionIdMarker");
  const next = key ? { key: decode(key), ...(version && { version }) } : undefined;
  const claimsEnd = !isTruncated(root, key, call);
  const prefixes = root.children.flatMap((element) =>
    element.name === "CommonPrefixes" ? [readPrefix(element, decode, call)] : []
  );
  return { entries: merge(inOrder(versions), prefixes), ...(next && { next }), claimsEnd };
}

function readVersion(
  element: XmlElement,
  decode: (text: string) => string,
  call: FailedCall,
): ObjectVersion {
  const text = (name: string) => childText(element, name) ?? "";
  const isDeleteMarker = element.name === "DeleteMarker";
  const [key, size, latest] = [text("Key"), text("Size"), text("IsLatest")];
  const lastModified = new Date(text("LastModified"));
  const bytes = readSize(size);
  const isSized = isDeleteMarker || bytes !== undefined;
  if (key === "" || !isSized || !/^(true|false)$/.test(latest) || Number.isNaN(lastModified.getTime())) {
    throw unlikeS3(call, "a version lacks key, size, time, or whether it is the latest");
  }
  const etag = unquoteEtag(text("ETag"));
  return {
    key: decode(key),
    // What was written without versioning has this name.
    version: text("VersionId") || "null",
    isLatest: latest === "true",
    lastModified,
    ...(isDeleteMarker || bytes === undefined
      ? {}
      : { size: bytes, ...(etag === undefined ? {} : { etag }) }),
    isDeleteMarker,
  };
}

function readPrefix(element: XmlElement, decode: (text: string) => string, call: FailedCall): CommonPrefix {
  const prefix = childText(element, "Prefix");
  if (!prefix) throw unlikeS3(call, "a common prefix has no name");
  return { prefix: decode(prefix) };
}

/** Versions of one key keep their order. */
function merge(
  versions: readonly ObjectVersion[],
  prefixes: readonly CommonPrefix[],
): readonly VersionEntry[] {
  if (prefixes.length === 0) return versions;
  return [...versions, ...prefixes].sort((a, b) => compareKeys(nameOf(a), nameOf(b)));
}

/** The key or prefix of an entry. */
export function nameOf(entry: VersionEntry): string {
  return "key" in entry ? entry.key : entry.prefix;
}

/**
 * Amazon gives versions and delete markers in one sequence; other services give all versions of a page and then all
 * markers. Those are merged: by key, the latest first, then by their times.
 */
function inOrder(versions: readonly ObjectVersion[]): readonly ObjectVersion[] {
  const isSequence = versions.every((version, at) => {
    const before = versions[at - 1];
    if (!before || compareKeys(before.key, version.key) < 0) return true;
    const isNewer = version.lastModified > before.lastModified;
    // Of one key, a marker that is newer than the version before it comes from another sequence.
    return before.key === version.key && !version.isLatest &&
      !(isNewer && version.isDeleteMarker && !before.isDeleteMarker);
  });
  if (isSequence) return versions;
  return [...versions].sort((a, b) =>
    compareKeys(a.key, b.key) || Number(b.isLatest) - Number(a.isLatest) ||
    b.lastModified.getTime() - a.lastModified.getTime()
  );
}
