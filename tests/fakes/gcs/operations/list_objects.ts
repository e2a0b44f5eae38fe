import type { WireResponse } from "@lade/testing/http";
import { compareKeys } from "../../parts/key_order.ts";
import { badParameter, GcsError } from "../gcs_error.ts";
import type { Bucket, ObjectEntry } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { bucketOf, type Call, jsonResponse, queryNumber } from "./call.ts";
import { objectResource } from "./object_resource.ts";

/** What a page is made of: a generation of an object, or a prefix that stands for several. */
interface Item {
  readonly name: string;
  readonly object: StoredObject | undefined;
}

/** `objects.list`. */
export function listObjects(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const limit = queryNumber(call, "maxResults", 1, call.server.settings.maxPageSize);
  const mark = readToken(call.query.get("pageToken"));
  const items = itemsOf(call, bucket).filter(({ name }) =>
    mark === undefined || compareKeys(name, mark.name) >= 0
  );
  const due = items.slice(mark?.skip ?? 0);
  const page = due.slice(0, limit);
  const next = due[limit];
  const skip = items.filter(({ name }) => name === next?.name).indexOf(next as Item);
  const prefixes = page.flatMap(({ name, object }) => object ? [] : [name]);
  const objects = page.flatMap(({ object }) => object ? [objectResource(call, bucket, object)] : []);
  return jsonResponse({
    kind: "storage#objects",
    ...(next && { nextPageToken: btoa(encodeURIComponent(JSON.stringify([next.name, skip]))) }),
    ...(prefixes.length > 0 && { prefixes }),
    ...(objects.length > 0 && { items: objects }),
  });
}

function itemsOf(call: Call, bucket: Bucket): Item[] {
  const { query } = call;
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  if (bucket.settings.hierarchical && delimiter !== "" && delimiter !== "/") {
    throw badParameter("delimiter", delimiter);
  }
  if (query.get("softDeleted") === "true") {
    throw new GcsError("NotImplemented", "softDeleted is not listed here.");
  }
  const [start, end] = [query.get("startOffset") ?? "", query.get("endOffset") ?? ""];
  const versions = query.get("versions") === "true";
  const trailing = query.get("includeTrailingDelimiter") === "true";
  const items: Item[] = [];
  let folded: string | undefined;
  for (const entry of bucket.entries()) {
    const { name } = entry;
    if (!name.startsWith(prefix) || compareKeys(name, start) < 0) continue;
    if (end !== "" && compareKeys(name, end) >= 0) break;
    const states = statesOf(entry, versions);
    if (states.length === 0) continue;
    const cut = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    const item = cut < 0 ? name : name.slice(0, cut + delimiter.length);
    if (cut >= 0 && item !== folded) items.push({ name: folded = item, object: undefined });
    if (cut < 0 || (trailing && item === name)) items.push(...states.map((object) => ({ name, object })));
  }
  return items;
}

/** The generations of a name that are listed, the oldest first. */
function statesOf({ current, older }: ObjectEntry, versions: boolean): StoredObject[] {
  return [...(versions ? older : []), ...(current ? [current] : [])];
}

/** A page token names the first entry of the page that follows. */
function readToken(text: string | undefined): { readonly name: string; readonly skip: number } | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    const [name, skip] = JSON.parse(decodeURIComponent(atob(text)));
    return { name, skip };
  } catch {
    throw badParameter("pageToken", text);
  }
}
