import { type CommonPrefix, compareKeys, type ObjectMeta } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3, unquoteEtag } from "../objects/object_info.ts";
import { payerHeaders } from "../objects/read_headers.ts";
import { childText, parseXml, type XmlElement } from "../xml/parse_xml.ts";

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
  /** Objects and folded prefixes together, ascending. */
  readonly entries: readonly (ObjectMeta | CommonPrefix)[];
  /** Where the next page begins; absent on the last. */
  readonly token?: string;
}

/** Bytes of a page at most. */
export const MAX_PAGE_BYTES = 2 ** 25;

/**
 * Fetches a page by ListObjectsV2. This request is signed and read here rather than by the SDK, whose loading alone takes
 * longer than listing thousands of keys.
 */
export async function listPage(connection: S3Connection, uri: string, query: ListQuery): Promise<ListPage> {
  const call: FailedCall = { operation: "list", uri, permission: "s3:ListBucket" };
  const response = await connection.send({
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
  });
  try {
    return readPage(parseXml(await response.body.text(MAX_PAGE_BYTES)), call);
  } catch (error) {
    throw error instanceof SyntaxError ? unlikeS3(call, error.message) : connection.translate(error, call);
  }
}

function readPage(root: XmlElement, call: FailedCall): ListPage {
  if (root.name !== "ListBucketResult") throw unlikeS3(call, `its root element is ${root.name}`);
  const decode = childText(root, "EncodingType") === "url" ? decodeUrl : (text: string) => text;
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
  if (childText(root, "IsTruncated") !== "true") return { entries };
  const token = childText(root, "NextContinuationToken");
  if (!token) throw unlikeS3(call, "a truncated page does not tell where the next one begins");
  return { entries, token };
}

function readObject(element: XmlElement, decode: (text: string) => string, call: FailedCall): ObjectMeta {
  let key = "", size = "", modified = "", etag = "", storageClass = "";
  for (const { name, text } of element.children) {
    if (name === "Key") key = text;
    else if (name === "Size") size = text;
    else if (name === "LastModified") modified = text;
    else if (name === "ETag") etag = text;
    // As in the answer to a HEAD, the usual class is not told.
    else if (name === "StorageClass" && text !== "STANDARD") storageClass = text;
  }
  const lastModified = new Date(modified);
  if (key === "" || !/^\d{1,16}$/.test(size) || Number.isNaN(lastModified.getTime())) {
    throw unlikeS3(call, "an entry lacks key, size or time");
  }
  const tag = unquoteEtag(etag);
  return {
    key: decode(key),
    size: Number(size),
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

/** Undoes `encoding-type=url`, where a space is a plus sign. */
export function decodeUrl(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new SyntaxError(`Cannot decode ${JSON.stringify(text)}: it is not percent-encoded UTF-8`);
  }
}
