import type { CommonPrefix, ListOptions, ObjectMeta } from "@lade/core/backend";
import {
  decoderOf,
  isTruncated,
  listPages,
  type Page,
  type PageQuery,
  type PageReader,
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

/** Lists the objects of a bucket; with `delimiter`, those of one level. */
export function listObjects(
  connection: S3Connection,
  uri: string,
  prefix: string,
  options: ListOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const reader = new ObjectPages(connection, prefixUri(uri, prefix));
  return listPages(reader, { uri, prefix, delimiter }, options);
}

/** The pages of a bucket's objects. */
class ObjectPages implements PageReader<ObjectMeta> {
  readonly #connection: S3Connection;
  readonly #uri: string;

  constructor(connection: S3Connection, uri: string) {
    this.#connection = connection;
    this.#uri = uri;
  }

  get isUnordered(): boolean {
    return this.#connection.traits.lacks("key-order");
  }

  foundUnordered(): void {
    this.#connection.traits.found("key-order", this.#connection.tellTrait);
  }

  readPage(query: PageQuery): Promise<Page<ObjectMeta>> {
    const { startAfter } = query;
    // There are services that leave names out after one outside ASCII.
    return listPage(
      this.#connection,
      this.#uri,
      startAfter === undefined || this.#connection.endpoint.amazon
        ? query
        : { ...query, startAfter: startAfter.replace(/[^\x20-\x7e].*$/s, "") },
    );
  }
}

/** Keys of a page where none are asked for ("ListObjectsV2" of the Amazon S3 API reference). */
const MAX_KEYS = 1000;

/**
 * Fetches a page by ListObjectsV2. This request is signed and read here rather than by the SDK, whose loading alone takes
 * longer than listing thousands of keys.
 */
export function listPage(
  connection: S3Connection,
  uri: string,
  query: Omit<PageQuery, "signal"> & { readonly signal?: AbortSignal | undefined },
): Promise<Page<ObjectMeta>> {
  const call: FailedCall = { operation: "list", uri, permission: "s3:ListBucket" };
  const { limit = MAX_KEYS } = query;
  const request = {
    method: "GET",
    query: {
      "list-type": "2",
      "encoding-type": "url",
      prefix: query.prefix || undefined,
      delimiter: query.delimiter,
      "start-after": query.startAfter || undefined,
      "max-keys": limit < MAX_KEYS ? String(limit) : undefined,
      "continuation-token": query.token,
    },
    headers: payerHeaders(connection.config),
    signal: query.signal,
    call,
  } as const;
  return readDocument(connection, request, (root) => readPage(root, connection.bucket ?? "", call));
}

function readPage(root: XmlElement, bucket: string, call: FailedCall): Page<ObjectMeta> {
  const decode = decoderOf(root);
  const entries: ObjectMeta[] = [];
  const prefixes: CommonPrefix[] = [];
  for (const element of root.children) {
    if (element.name === "Contents") entries.push(readObject(element, decode, call));
    else if (element.name === "CommonPrefixes") {
      const prefix = childText(element, "Prefix");
      if (!prefix) throw unlikeS3(call, "a common prefix has no name");
      prefixes.push({ prefix: decode(prefix) });
    }
  }
  const next = childText(root, "NextContinuationToken") || undefined;
  const claimsEnd = !isTruncated(root, next, S3_HEADERS.service, call);
  checkPage(root, { entries: entries.length, prefixes: prefixes.length, next }, bucket, call);
  return { entries, prefixes, claimsEnd, ...(next ? { next } : {}) };
}

function readObject(element: XmlElement, decode: (text: string) => string, call: FailedCall): ObjectMeta {
  let key = "", text = "", modified = "", etag = "", storageClass = "";
  for (const child of element.children) {
    if (child.name === "Key") key = child.text;
    else if (child.name === "Size") text = child.text;
    else if (child.name === "LastModified") modified = child.text;
    else if (child.name === "ETag") etag = child.text;
    else if (child.name === "StorageClass" && child.text !== S3_HEADERS.usualStorageClass) {
      // As in the answer to a HEAD, the usual class is left out.
      storageClass = child.text;
    }
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
