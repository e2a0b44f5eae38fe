import { type CommonPrefix, compareKeys, type ObjectMeta } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readSize, unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { payerHeaders } from "../objects/read_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";
import { isTruncated } from "./page_end.ts";
import { readDocument } from "./read_document.ts";

/** What a page of a listing is asked for by. */
export interface ListQuery {
  /** Beginning of all keys. */
  readonly prefix: string;
  /** Folds keys at this; absent for a flat listing. */
  readonly delimiter?: "/";
  /** Lists keys after this one; for the first page. */
  readonly startAfter?: string | undefined;
  /** Where the page before left off. */
  readonly token?: string | undefined;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

/** A page of a listing. */
export interface ListPage {
  /** Objects and folded prefixes together; where both are there, ascending. */
  readonly entries: readonly (ObjectMeta | CommonPrefix)[];
  /** Where the next page begins; absent on the last. */
  readonly token?: string;
  /** The page says that it is the last, though it may bear a token. */
  readonly claimsEnd: boolean;
}

/**
 * Fetches a page by ListObjectsV2. This request is signed and read here rather than by the SDK, whose loading alone takes
 * longer than listing thousands of keys.
 */
export function listPage(connection: S3Connection, uri: string, query: ListQuery): Promise<ListPage> {
  const call: FailedCall = { operation: "list", uri, permission: "s3:ListBucket" };
  const request = {
    method: "GET",
    query: {
      "list-type": "2",
      "encoding-type": "url",
      prefix: query.prefix || undefined,
      delimiter: query.delimiter,
      "start-after": query.token === undefined ? query.startAfter || undefined : undefined,
      "continuation-token": query.token,
    },
    headers: payerHeaders(connection.config),
    signal: query.signal,
    call,
  } as const;
  return readDocument(connection, request, (root) => readPage(root, call));
}

function readPage(root: XmlElement, call: FailedCall): ListPage {
  const decode = decoderOf(root);
  const objects: ObjectMeta[] = [];
  const prefixes: CommonPrefix[] = [];
  for (const element of root.children) {
    if (element.name === "Contents") objects.push(readObject(element, decode, call));
    else if (element.name === "CommonPrefixes") {
      const prefix = childText(element, "Prefix");
      if (!prefix) throw unlikeS3(call, "a common prefix has no name");
      prefixes.push({ prefix: decode(prefix) });
    }
  }
  const entries = prefixes.length === 0 ? objects : merge(objects, prefixes);
  const token = childText(root, "NextContinuationToken");
  const claimsEnd = !isTruncated(root, token, call);
  // A token says that there is more, whatever else is said.
  return { entries, claimsEnd, ...(token ? { token } : {}) };
}

function readObject(element: XmlElement, decode: (text: string) => string, call: FailedCall): ObjectMeta {
  let key = "", text = "", modified = "", etag = "", storageClass = "";
  for (const child of element.children) {
    if (child.name === "Key") key = child.text;
    else if (child.name === "Size") text = child.text;
    else if (child.name === "LastModified") modified = child.text;
    else if (child.name === "ETag") etag = child.text;
    // As in the answer to a HEAD, the usual class is not told.
    else if (child.name === "StorageClass" && child.text !== "STANDARD") storageClass = child.text;
  }
  const lastModified = new Date(modified);
  const size = readSize(text);
  if (key === "" || size === undefined || Number.isNaN(lastModified.getTime())) {
    throw unlikeS3(call, "an entry lacks key, size or time");
  }
  const tag = unquoteEtag(etag);
  return {
    key: decode(key),
    size,
    lastModified,
    ...(tag === undefined ? {} : { etag: tag }),
    ...(storageClass === "" ? {} : { storageClass }),
  };
}

function merge(
  objects: readonly ObjectMeta[],
  prefixes: readonly CommonPrefix[],
): (ObjectMeta | CommonPrefix)[] {
  return [...objects, ...prefixes].sort((a, b) => compareKeys(nameOf(a), nameOf(b)));
}

/** The key or prefix of an entry. */
export function nameOf(entry: ObjectMeta | CommonPrefix): string {
  return "key" in entry ? entry.key : entry.prefix;
}

/** How names of a page are to be decoded: services need not know `encoding-type=url`. */
export function decoderOf(root: XmlElement): (text: string) => string {
  return childText(root, "EncodingType") === "url" ? decodeUrl : (text: string) => text;
}

/** Undoes `encoding-type=url`, where a space is a plus sign. */
export function decodeUrl(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new SyntaxError(`Cannot decode ${JSON.stringify(text)}: it is not percent-encoded UTF-8`);
  }
}
