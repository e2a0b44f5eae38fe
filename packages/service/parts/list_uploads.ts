import { formatUploadName, objectUri, type PendingUpload } from "@lade/core/backend";
import { unlikeService } from "../body/mod.ts";
import { checkPrefix, decoderOf, isTruncated, type Page, readPages } from "../list/mod.ts";
import { childText, type XmlElement } from "../xml/mod.ts";
import type { PartsReading } from "./parts_reading.ts";

/**
 * Lists the pending uploads of keys that start with `prefix`, page by page; `uri` is that of the store. A key outside the
 * prefix is an error, since callers that abort what is listed would abort it.
 */
export async function* listUploads(
  reading: PartsReading,
  uri: string,
  prefix: string,
): AsyncGenerator<PendingUpload, void, void> {
  const { call, signal } = reading;
  signal?.throwIfAborted();
  const readPage = (token?: string) => {
    const [key, id]: [string?, string?] = token === undefined ? [] : JSON.parse(token);
    const query = {
      uploads: "",
      "encoding-type": "url",
      prefix: prefix || undefined,
      "key-marker": key,
      "upload-id-marker": id || undefined,
    };
    return reading.ask(query, (root) => pageOf(root, uri, reading));
  };
  for await (const { page } of readPages(call, readPage)) {
    for (const upload of page.entries) {
      checkPrefix(call, upload.key, prefix);
      yield upload;
      signal?.throwIfAborted();
    }
  }
}

function pageOf(root: XmlElement, uri: string, { service, call }: PartsReading): Page<PendingUpload> {
  const decode = decoderOf(root);
  const entries = root.children.filter(({ name }) => name === "Upload").map((element) => {
    const [name, id] = [childText(element, "Key"), childText(element, "UploadId")];
    const begun = new Date(childText(element, "Initiated") ?? NaN);
    if (!name || !id || Number.isNaN(begun.getTime())) {
      throw unlikeService(call, service, "an upload lacks key, id or time");
    }
    const key = decode(name);
    return { key, id, token: formatUploadName({ uri: objectUri(uri, key), id }), begun };
  });
  const key = childText(root, "NextKeyMarker");
  const id = childText(root, "NextUploadIdMarker") ?? "";
  // The last page may bear markers too, and says that it is the last.
  return isTruncated(root, key, service, call) && key
    ? { entries, next: JSON.stringify([decode(key), id]) }
    : { entries };
}
