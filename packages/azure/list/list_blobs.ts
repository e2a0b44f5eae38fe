import { type CommonPrefix, type ListOptions, type ObjectMeta, objectUri } from "@lade/core/backend";
import { readSize, unlikeService, unquoteEtag } from "@lade/service/body";
import { listPages, type Page, type PageQuery } from "@lade/service/list";
import { childText, parseXml, type XmlElement } from "@lade/service/xml";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Lists the blobs of a container; with `delimiter`, those of one level. */
export function listBlobs(
  target: AzureTarget,
  prefix: string,
  options: ListOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const call = { operation: "list", uri: prefix === "" ? target.uri : objectUri(target.uri, prefix) };
  const readPage = async ({ limit, startAfter, token, signal }: PageQuery): Promise<Page<ObjectMeta>> => {
    const query = {
      restype: "container",
      comp: "list",
      prefix: prefix || undefined,
      delimiter,
      marker: token,
      startFrom: startAfter,
      maxresults: limit !== undefined && limit < 5000 ? String(limit) : undefined,
    };
    const request = { method: "GET", path: pathOf(target), query, root: "EnumerationResults", signal, call };
    return readBlobs(await target.client.readDocument(request, parseXml), call);
  };
  return listPages({ readPage }, { uri: target.uri, prefix, delimiter }, options);
}

/** Reads a page of a listing. */
export function readBlobs(
  root: XmlElement,
  call: { readonly operation: string; readonly uri: string },
): Page<ObjectMeta> {
  const entries: ObjectMeta[] = [];
  const prefixes: CommonPrefix[] = [];
  for (const { name, children } of root.children.find(({ name }) => name === "Blobs")?.children ?? []) {
    const field = (name: string) => children.find((child) => child.name === name);
    const key = field("Name")?.text;
    if (!key) throw unlikeService(call, AZURE_NAMES.service, "an entry has no name");
    if (name === "BlobPrefix") prefixes.push({ prefix: key });
    const properties = field("Properties");
    if (name !== "Blob" || !properties) continue;
    const size = readSize(childText(properties, "Content-Length"));
    const lastModified = new Date(childText(properties, "Last-Modified") ?? NaN);
    if (size === undefined || Number.isNaN(lastModified.getTime())) {
      throw unlikeService(call, AZURE_NAMES.service, "an entry lacks size or time");
    }
    const etag = unquoteEtag(childText(properties, "Etag"));
    entries.push({ key, size, lastModified, ...(etag === undefined ? {} : { etag }) });
  }
  const next = childText(root, "NextMarker");
  return { entries, prefixes, ...(next ? { next } : {}) };
}
