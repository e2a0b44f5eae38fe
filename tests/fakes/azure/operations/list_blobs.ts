import type { WireResponse } from "@lade/testing/http";
import { element, Xml } from "../../parts/write_xml.ts";
import { AzureError, badQuery } from "../azure_error.ts";
import type { BlobEntry } from "../store/blob_entry.ts";
import { comparator, type Container } from "../store/container.ts";
import type { StoredBlob } from "../store/stored_blob.ts";
import { type Call, containerOf, orderOf, queryNumber, xmlResponse } from "./call.ts";
import { blobElement, encodedName, propertyElements } from "./list_elements.ts";

const INCLUDES = [
  "snapshots",
  "metadata",
  "uncommittedblobs",
  "copy",
  "deleted",
  "tags",
  "versions",
  "deletedwithversions",
  "immutabilitypolicy",
  "legalhold",
  "permissions",
];

/** What a page is made of: a state of a blob, or a prefix that stands for several. */
type Item =
  | { readonly name: string; readonly entry: BlobEntry; readonly blob: StoredBlob | undefined }
  | { readonly name: string; readonly prefix: string; readonly directory: BlobEntry | undefined };

/** List Blobs. */
export function listBlobs(call: Call): WireResponse {
  const container = containerOf(call);
  const { query, server, account, accountPath } = call;
  const include = readInclude(query.get("include"));
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  if (account.hierarchical && delimiter !== "" && delimiter !== "/") throw badQuery("delimiter", delimiter);
  if (account.hierarchical) checkPrefix(container, prefix);
  const limit = queryNumber(call, "maxresults", server.settings.maxPageSize, server.settings.maxPageSize);
  const mark = readMarker(query.get("marker"));
  const items = itemsOf(call, prefix, delimiter, include);
  const compare = comparator(orderOf(call));
  const from = readStart(call, prefix, delimiter);
  const isAfter = ({ name }: Item) => (from === undefined || compare(name, from) >= 0);
  const isDue = ({ name }: Item) => mark === undefined || compare(name, mark.name) >= 0;
  const due = items.filter((item) => isAfter(item) && isDue(item)).slice(mark?.skip ?? 0);
  // The first page, and each that follows a full one, is answered without entries where that is a habit.
  const isEmpty = server.settings.emptyPages && due.length > 0 && mark?.isReal !== true;
  const page = isEmpty ? [] : due.slice(0, limit);
  const next = isEmpty ? due[0] : due[limit];
  const skip = next === undefined ? 0 : items.filter(({ name }) => name === next.name).indexOf(next);
  const told = (name: string) => query.has(name) ? encodedName(query.get(name) ?? "", TOLD[name]) : undefined;
  const where = `ServiceEndpoint="${server.url()}${accountPath}/" ContainerName="${container.name}"`;
  return xmlResponse("EnumerationResults", [
    told("prefix"),
    told("marker"),
    query.has("maxresults") ? element("MaxResults", limit) : undefined,
    told("delimiter"),
    element("Blobs", page.map((item) => itemElement(call, item, include))),
    next === undefined
      ? new Xml("<NextMarker />")
      : element("NextMarker", writeMarker(next.name, skip, isEmpty)),
  ], { attributes: ` ${where}` });
}

/** A prefix that leads through a file is refused. */
function checkPrefix(container: Container, prefix: string): void {
  for (let end = prefix.indexOf("/"); end >= 0; end = prefix.indexOf("/", end + 1)) {
    const found = container.current(prefix.slice(0, end));
    if (found && !found.isDirectory) throw new AzureError("ResourceTypeMismatch");
  }
}

/** Where a listing begins, inclusive: a whole name, of which one folded at a delimiter has one level more than the prefix. */
function readStart({ query, version }: Call, prefix: string, delimiter: string): string | undefined {
  const from = query.get("startfrom");
  if (from === undefined) return undefined;
  if (version < "2026-02-06") throw badQuery("startFrom", from);
  const rest = from.startsWith(prefix) ? from.slice(prefix.length) : "";
  const end = delimiter === "" ? -1 : rest.indexOf(delimiter);
  if (end >= 0 && end + delimiter.length < rest.length) throw badQuery("startFrom", from);
  return from;
}

const TOLD: Readonly<Record<string, string>> = { prefix: "Prefix", marker: "Marker", delimiter: "Delimiter" };

function readInclude(text: string | undefined): string[] {
  const include = (text ?? "").split(",").filter((name) => name !== "").map((name) => name.toLowerCase());
  const unknown = include.find((name) => !INCLUDES.includes(name));
  if (unknown !== undefined) throw badQuery("include", unknown);
  return include;
}

function itemsOf(call: Call, prefix: string, delimiter: string, include: readonly string[]): Item[] {
  const items: Item[] = [];
  let folded: string | undefined;
  for (const entry of containerOf(call).entries(orderOf(call))) {
    const { key } = entry;
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const isDirectory = call.account.hierarchical && delimiter !== "" && end < 0 &&
      entry.current?.isDirectory;
    if (end < 0 && !isDirectory) {
      items.push(...statesOf(entry, include).map((blob) => ({ name: key, entry, blob })));
      continue;
    }
    const name = isDirectory ? `${key}${delimiter}` : key.slice(0, end + delimiter.length);
    if (name === folded || !(isDirectory || hasStates(entry, include))) continue;
    folded = name;
    items.push({ name, prefix: name, directory: isDirectory ? entry : undefined });
  }
  return items;
}

function hasStates(entry: BlobEntry, include: readonly string[]): boolean {
  return statesOf(entry, include).length > 0;
}

/** The states of a blob that a listing shows, the oldest first; undefined stands for one of blocks alone. */
function statesOf(
  { current, older, uncommitted }: BlobEntry,
  include: readonly string[],
): (StoredBlob | undefined)[] {
  const has = (name: string) => include.includes(name);
  const states: (StoredBlob | undefined)[] = older.filter((blob) => {
    if (blob.deletedAt !== undefined && !has("deleted")) return false;
    if (blob.snapshot !== undefined) {
      return has("snapshots") || (blob.deletedAt !== undefined && has("deleted"));
    }
    return blob.versionId === undefined || has("versions");
  });
  if (current) states.push(current);
  else if (uncommitted.size > 0 && has("uncommittedblobs")) states.push(undefined);
  return states;
}

function itemElement(call: Call, item: Item, include: readonly string[]): Xml | undefined {
  if ("prefix" in item) {
    const { current, lease } = item.directory ?? {};
    const given = current && lease && { include, isCurrent: true, lease };
    const properties = given && element("Properties", propertyElements(call, current, given));
    return element("BlobPrefix", [encodedName(item.prefix), properties]);
  }
  const { entry, blob } = item;
  const { lease, current } = entry;
  if (blob) return blobElement(call, blob, { include, isCurrent: blob === current, lease });
  const properties = new Xml("<Content-Length>0</Content-Length><BlobType>BlockBlob</BlobType>");
  return element("Blob", [encodedName(entry.key), element("Properties", [properties])]);
}

/** A marker names the first entry of the page that follows. */
function writeMarker(name: string, skip: number, isReal: boolean): string {
  return `2!${btoa(encodeURIComponent(JSON.stringify([name, skip, isReal])))}`;
}

function readMarker(text: string | undefined): { name: string; skip: number; isReal: boolean } | undefined {
  if (text === undefined || text === "") return undefined;
  if (!text.startsWith("2!")) throw badQuery("marker", text);
  try {
    const [name, skip, isReal] = JSON.parse(decodeURIComponent(atob(text.slice(2))));
    return { name, skip, isReal };
  } catch {
    throw new AzureError("InvalidInput");
  }
}
