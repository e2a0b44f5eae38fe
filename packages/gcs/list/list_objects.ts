import type { CommonPrefix, ListOptions, ObjectMeta } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import { unlikeService } from "@lade/service/body";
import { listPages, type Page, type PageQuery, prefixUri } from "@lade/service/list";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { askJson } from "../client/ask_json.ts";
import { isText, metaOf, type ObjectResource } from "../objects/resource.ts";

/** Entries of a page at most ("Objects: list"). */
const MAX_RESULTS = 1000;
/** What is told of each object: what `ObjectMeta` has. */
const FIELDS = "name,size,generation,updated,timeDeleted,storageClass,crc32c,md5Hash";

interface Listed {
  readonly items?: readonly ObjectResource[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

/** Lists the objects of a bucket; with `delimiter`, those of one level. The service lists in the order of UTF-8 bytes. */
export function listObjects(
  target: GcsTarget,
  prefix: string,
  options: ListOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const { uri } = target;
  const call = { operation: "list", uri: prefixUri(uri, prefix) };
  const readPage = async (query: PageQuery) =>
    await askForObjects(target, query, call, {}, (resource) => metaOf(resource, call));
  return listPages({ readPage }, { uri, prefix, delimiter }, options);
}

/** Asks for a page, and gives what `make` makes of its objects. */
export async function askForObjects<T>(
  target: GcsTarget,
  { prefix, delimiter, startAfter, token, limit = MAX_RESULTS, signal }: PageQuery,
  call: CallName,
  more: Readonly<Record<string, string>>,
  make: (resource: ObjectResource) => T,
): Promise<Page<T>> {
  const query = {
    prefix: prefix || undefined,
    delimiter,
    // It is where the listing begins, and so may come itself.
    startOffset: startAfter,
    pageToken: token,
    maxResults: limit < MAX_RESULTS ? `${limit}` : undefined,
    fields: `kind,nextPageToken,prefixes,items(${FIELDS})`,
    ...more,
  };
  const request = { method: "GET", path: jsonPath(target), query, signal, call };
  const page = await askJson<Listed>(target, { ...request, document: "storage#objects" });
  const { items = [], prefixes = [], nextPageToken: next = "" } = page;
  const isPage = Array.isArray(items) && Array.isArray(prefixes) && [next, ...prefixes].every(isText);
  if (!isPage) throw unlikeService(call, GCS_NAMES.service, "its page is no list of objects");
  return {
    entries: items.map(make),
    ...(delimiter && { prefixes: prefixes.map((prefix) => ({ prefix })) }),
    ...(next && { next }),
  };
}
