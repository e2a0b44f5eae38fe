import type { CommonPrefix, ObjectMeta } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { readSize, unlikeService, unquoteEtag } from "@lade/service/body";
import { type MixedPage, type Page, pageOf } from "@lade/service/list";
import { childText, parseXml, type XmlElement } from "@lade/service/xml";
import type { ClientRequest } from "@lade/service/call";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Asks for a page of what a container holds, and gives what `read` makes of the answer. */
export async function askForBlobs<T>(
  target: Pick<AzureTarget, "client" | "endpoint" | "container">,
  { query, ...asked }: Pick<ClientRequest, "query" | "signal" | "call">,
  read: (root: XmlElement, text: string) => T,
): Promise<T> {
  const listed = { restype: "container", comp: "list", ...query };
  const request = {
    ...asked,
    method: "GET",
    path: pathOf(target),
    query: listed,
    root: "EnumerationResults",
  };
  return await target.client.readDocument(request, (text) => {
    const root = parseXml(text);
    checkPage(root, target.container, asked.call);
    return read(root, text);
  });
}

/** Throws for a page of another container, and for one that may be half of one: also the last one has a `NextMarker`. */
function checkPage({ attributes, children }: XmlElement, container: string, call: CallName): void {
  const name = attributes?.["ContainerName"] ?? "";
  // Old versions of the service give the container's URL.
  if (name !== "" && name !== container && !name.endsWith(`/${container}`)) {
    const what = `the page is of the container ${JSON.stringify(name)}`;
    throw unlikeService(call, AZURE_NAMES.service, what);
  }
  if (children.some(({ name }) => name === "NextMarker")) return;
  const what = "a page has no NextMarker, so it is not known whether it is the last";
  throw unlikeService(call, AZURE_NAMES.service, what);
}

/**
 * What `make` makes of the blobs of a page, and the folded prefixes, in the order of the service. Directories of a
 * hierarchical namespace are no blobs; they hold those that are. With `withBlocks`, blobs that are nothing but blocks are
 * among them, whose time is not told.
 */
export function readItems<T>(
  root: XmlElement,
  call: CallName,
  make: (blob: ObjectMeta, element: XmlElement) => T,
  withBlocks = false,
): MixedPage<T> {
  const items = blobsOf(root, call).flatMap((element): (T | CommonPrefix)[] => {
    const fields = new Map(element.children.map((child) => [child.name, child]));
    const key = nameIn(fields.get("Name"));
    if (!key) throw unlikeService(call, AZURE_NAMES.service, "an entry has no name");
    if (element.name === "BlobPrefix") return [{ prefix: key }];
    const blob = readBlob(key, element, fields.get("Properties"), call, withBlocks);
    return blob ? [make(blob, element)] : [];
  });
  const next = childText(root, "NextMarker");
  const [first] = blobsOf(root, call);
  const name = nameIn(first?.children.find(({ name }) => name === "Name"));
  return { items, ...(name && { first: name }), ...(next && { next }) };
}

/** The same, blobs and prefixes apart. */
export function readEntries<T extends { readonly key: string }>(
  root: XmlElement,
  call: CallName,
  make: (blob: ObjectMeta, element: XmlElement) => T,
  withBlocks = false,
): Page<T> {
  return pageOf(readItems(root, call, make, withBlocks));
}

function blobsOf({ children }: XmlElement, call: CallName): readonly XmlElement[] {
  const blobs = children.find(({ name }) => name === "Blobs");
  if (!blobs) throw unlikeService(call, AZURE_NAMES.service, "it lists no blobs");
  return blobs.children;
}

/** Names that XML cannot hold are percent-encoded. */
function nameIn(element: XmlElement | undefined): string | undefined {
  if (element?.attributes?.["Encoded"] !== "true") return element?.text;
  try {
    return decodeURIComponent(element.text);
  } catch {
    return undefined;
  }
}

function readBlob(
  key: string,
  element: XmlElement,
  properties: XmlElement | undefined,
  call: CallName,
  withBlocks: boolean,
): ObjectMeta | undefined {
  const told = new Map(properties?.children.map(({ name, text }) => [name, text]));
  if (told.get("ResourceType") === "directory" || childText(element, "Deleted") === "true") return undefined;
  const size = readSize(told.get("Content-Length"));
  const lastModified = new Date(told.get("Last-Modified") ?? NaN);
  const isTimed = !Number.isNaN(lastModified.getTime()) || (withBlocks && size === 0 && !told.has("Etag"));
  if (size === undefined || !isTimed) {
    throw unlikeService(call, AZURE_NAMES.service, "an entry lacks size or time");
  }
  const etag = unquoteEtag(told.get("Etag"));
  const version = childText(element, "VersionId");
  const tier = told.get("AccessTierInferred") === "true" ? undefined : told.get("AccessTier");
  const md5 = told.get("BlobType") === "BlockBlob" ? told.get("Content-MD5") : undefined;
  return {
    key,
    size,
    lastModified,
    ...(etag !== undefined && { etag }),
    ...(version && { version }),
    ...(tier && { storageClass: tier }),
    ...(md5 && { checksums: { md5 } }),
  };
}
