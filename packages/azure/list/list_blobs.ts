import {
  type CommonPrefix,
  compareKeys,
  type ListOptions,
  type ObjectMeta,
  objectUri,
  StoreError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { readSize, unlikeService, unquoteEtag } from "@lade/service/body";
import { ServiceFault } from "@lade/service/errors";
import { listPages, type Page, type PageQuery } from "@lade/service/list";
import { childText, parseXml, type XmlElement } from "@lade/service/xml";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Entries of a page at most ("List Blobs"). */
const MAX_RESULTS = 5000;

/** Lists the blobs of a container; with `delimiter`, those of one level. */
export function listBlobs(
  target: AzureTarget,
  prefix: string,
  options: ListOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const call = { operation: "list", uri: prefix === "" ? target.uri : objectUri(target.uri, prefix) };
  const readPage = async ({ limit, startAfter, token, signal }: PageQuery): Promise<Page<ObjectMeta>> => {
    // What does not begin with the prefix comes before all that is asked for, or behind it.
    const within = startAfter?.startsWith(prefix);
    if (startAfter !== undefined && !within && compareKeys(startAfter, prefix) > 0) return { entries: [] };
    const query = {
      restype: "container",
      comp: "list",
      prefix: prefix || undefined,
      delimiter,
      marker: token,
      startFrom: startAfter !== undefined && within
        ? startFrom(startAfter, prefix, delimiter, target.traits)
        : undefined,
      maxresults: limit !== undefined && limit < MAX_RESULTS ? String(limit) : undefined,
    };
    const request = { method: "GET", path: pathOf(target), query, root: "EnumerationResults", signal, call };
    try {
      const root = await target.client.readDocument(request, (text) => {
        // Where there are directories, all entries tell whether they are one.
        if (text.includes("<Blob>")) target.traits.hasDirectories = text.includes("<ResourceType>");
        return parseXml(text);
      });
      return readBlobs(root, call);
    } catch (error) {
      // Where an object is, no directory can be, and nothing can lie below.
      const cause = error instanceof StoreError ? error.cause : undefined;
      if (cause instanceof ServiceFault && cause.code === "ResourceTypeMismatch") return { entries: [] };
      throw error;
    }
  };
  return listPages({ readPage }, { uri: target.uri, prefix, delimiter }, options);
}

/**
 * Where to start for names that follow another one. The service starts with the name itself, and knows one level where it
 * folds. Orders of names differ behind U+D800 (UTF-8 has U+E000 to U+FFFF first), so it starts before those; where there may be
 * directories, what is in one comes before names that go on with a character before the slash.
 */
function startFrom(
  startAfter: string,
  prefix: string,
  delimiter: "/" | undefined,
  { hasDirectories }: AzureTarget["traits"],
): string | undefined {
  const rest = startAfter.slice(prefix.length);
  const level = delimiter === undefined ? rest : /^[^/]*\/?/.exec(rest)?.[0] ?? "";
  return prefix +
      level.replace(hasDirectories === false ? /[\ue000-\uffff].*/s : /[ -.\ue000-\uffff].*/s, "") ||
    undefined;
}

/** The blobs of a page. Directories of a hierarchical namespace are none; they hold those that are. */
export function readBlobs(root: XmlElement, call: CallName): Page<ObjectMeta> {
  return readEntries(root, call, (blob) => blob);
}

/**
 * What `make` makes of the blobs of a page; with `withBlocks`, also of those that are nothing but blocks, whose time is not
 * told.
 */
export function readEntries<T>(
  root: XmlElement,
  call: CallName,
  make: (blob: ObjectMeta, element: XmlElement) => T,
  withBlocks = false,
): Page<T> {
  const listed = root.children.find(({ name }) => name === "Blobs")?.children;
  if (!listed) throw unlikeService(call, AZURE_NAMES.service, "it lists no blobs");
  const entries: T[] = [];
  const prefixes: CommonPrefix[] = [];
  for (const element of listed) {
    const fields = new Map(element.children.map((child) => [child.name, child]));
    const key = nameIn(fields.get("Name"));
    if (!key) throw unlikeService(call, AZURE_NAMES.service, "an entry has no name");
    if (element.name === "BlobPrefix") prefixes.push({ prefix: key });
    else {
      const blob = readBlob(key, element, fields.get("Properties"), call, withBlocks);
      if (blob) entries.push(make(blob, element));
    }
  }
  const next = childText(root, "NextMarker");
  return { entries, prefixes, ...(next && { next }) };
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
