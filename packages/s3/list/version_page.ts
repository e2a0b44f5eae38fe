import {
  type CallOptions,
  type CommonPrefix,
  compareKeys,
  type ObjectVersion,
  UnsupportedError,
} from "@lade/core/backend";
import {
  decoderOf,
  isTruncated,
  listVersions,
  type Page,
  type PageQuery,
  prefixUri,
} from "@lade/service/list";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readSize, unquoteEtag } from "@lade/service/body";
import { S3_HEADERS, unlikeS3 } from "../headers/s3_headers.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";
import { readDocument } from "../wire/read_document.ts";
import { checkPage } from "./check_page.ts";

/** Lists the versions and delete markers of a bucket; with `delimiter`, those of one level. */
export function listObjectVersions(
  connection: S3Connection,
  uri: string,
  prefix: string,
  options: CallOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
  const call: FailedCall = {
    operation: "list the versions of",
    uri: prefixUri(uri, prefix),
    permission: "s3:ListBucketVersions",
  };
  const reader = { readPage: (query: PageQuery) => versionPage(connection, call, query) };
  return listVersions(reader, { uri, prefix, delimiter }, options);
}

/** Fetches a page by ListObjectVersions. */
async function versionPage(
  connection: S3Connection,
  call: FailedCall,
  { prefix, delimiter, token, signal }: PageQuery,
): Promise<Page<ObjectVersion>> {
  const [key, version]: [string?, string?] = token === undefined ? [] : JSON.parse(token);
  const request = {
    method: "GET",
    query: {
      versions: "",
      "encoding-type": "url",
      prefix: prefix || undefined,
      delimiter,
      "key-marker": key,
      "version-id-marker": version,
    },
    headers: payerHeaders(connection.config),
    signal,
    call,
  } as const;
  const page = await readDocument(
    connection,
    request,
    (root) => readPage(root, connection.bucket ?? "", call),
  );
  if (page.entries.some(({ version }) => version !== "null")) {
    connection.traits.showedVersion(connection.bucket ?? "");
  }
  return page;
}

function readPage(root: XmlElement, bucket: string, call: FailedCall): Page<ObjectVersion> {
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
  // The token of the next page: its key and, where it begins within a key, the version before it.
  const next = key ? JSON.stringify(version ? [decode(key), version] : [decode(key)]) : undefined;
  const claimsEnd = !isTruncated(root, key, S3_HEADERS.service, call);
  const prefixes = root.children.flatMap((element) =>
    element.name === "CommonPrefixes" ? [readPrefix(element, decode, call)] : []
  );
  checkPage(root, { entries: versions.length, prefixes: prefixes.length, next }, bucket, call);
  return { entries: inOrder(versions), prefixes, ...(next && { next }), claimsEnd };
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
