import { type CallOptions, formatUploadName, objectUri, type PendingUpload } from "@lade/core/backend";
import { checkPrefix, type Page, readPages } from "@lade/service/list";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { decoderOf } from "../list/list_page.ts";
import { isTruncated } from "../list/page_end.ts";
import { readDocument } from "../wire/read_document.ts";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";

/**
 * Lists the pending uploads of keys that start with `prefix`, page by page. A key outside it is an error, since
 * callers that abort what is listed would abort it.
 */
export async function* listUploads(
  connection: S3Connection,
  uri: string,
  prefix: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingUpload, void, void> {
  const call: FailedCall = {
    operation: "list the uploads of",
    uri,
    permission: "s3:ListBucketMultipartUploads",
  };
  signal?.throwIfAborted();
  const read = (token?: string) => {
    const [key, id]: [string?, string?] = token === undefined ? [] : JSON.parse(token);
    const request = {
      method: "GET",
      query: {
        uploads: "",
        "encoding-type": "url",
        prefix: prefix || undefined,
        "key-marker": key,
        "upload-id-marker": id || undefined,
      },
      headers: payerHeaders(connection.config),
      signal,
      call,
    } as const;
    return readDocument(connection, request, (root) => readPage(root, uri, call));
  };
  for await (const { page } of readPages(call, read)) {
    for (const upload of page.entries) {
      checkPrefix(call, upload.key, prefix);
      yield upload;
      signal?.throwIfAborted();
    }
  }
}

function readPage(root: XmlElement, uri: string, call: FailedCall): Page<PendingUpload> {
  const decode = decoderOf(root);
  const entries = root.children.filter(({ name }) => name === "Upload").map((element) => {
    const [name, id] = [childText(element, "Key"), childText(element, "UploadId")];
    const begun = new Date(childText(element, "Initiated") ?? NaN);
    if (!name || !id || Number.isNaN(begun.getTime())) {
      throw unlikeS3(call, "an upload lacks key, id or time");
    }
    const key = decode(name);
    return { key, id, token: formatUploadName({ uri: objectUri(uri, key), id }), begun };
  });
  const key = childText(root, "NextKeyMarker");
  const id = childText(root, "NextUploadIdMarker") ?? "";
  // The last page may bear markers too, and says that it is the last.
  return isTruncated(root, key, call) && key
    ? { entries, next: JSON.stringify([decode(key), id]) }
    : { entries };
}
