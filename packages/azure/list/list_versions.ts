import {
  type CallOptions,
  type CommonPrefix,
  type ObjectMeta,
  type ObjectVersion,
  UnsupportedError,
} from "@lade/core/backend";
import { listVersions, type PageQuery, prefixUri } from "@lade/service/list";
import { childText, type XmlElement } from "@lade/service/xml";
import type { AzureTarget } from "../client/azure_target.ts";
import { SNAPSHOT, UNVERSIONED } from "../client/version_query.ts";
import { askForBlobs, readEntries } from "./page_of_blobs.ts";

/**
 * Lists versions and snapshots; with `delimiter`, those of one level. The service gives those of a blob the oldest first, so
 * all of one blob are held in memory. Where it is known to keep no versions, blobs without a snapshot are left out.
 */
export async function* listBlobVersions(
  target: AzureTarget,
  prefix: string,
  options: CallOptions,
  delimiter?: "/",
): AsyncGenerator<ObjectVersion | CommonPrefix, void, void> {
  const uri = prefixUri(target.uri, prefix);
  const call = { operation: "list the versions of", uri };
  let held: ObjectVersion[] = [];
  const readPage = async ({ token, signal }: PageQuery) => {
    const query = { include: "snapshots,versions", prefix: prefix || undefined, delimiter, marker: token };
    const page = await askForBlobs(
      target,
      { query, signal, call },
      (root) => readEntries(root, call, versionOf),
    );
    const groups = Map.groupBy([...held, ...page.entries], ({ key }) => key);
    const last = [...groups.keys()].at(-1);
    const folded = page.prefixes?.at(-1)?.prefix;
    // More of the last blob may be on the next page, unless something else comes after it on this one.
    const isOpen = page.next !== undefined && last !== undefined && (folded === undefined || folded < last);
    held = isOpen ? groups.get(last) ?? [] : [];
    if (isOpen) groups.delete(last);
    const keepsNone = target.capabilities.versions === false;
    const entries = [...groups.values()].filter((all) =>
      !keepsNone || all.some(({ version }) => version !== UNVERSIONED)
    );
    return { ...page, entries: entries.flatMap((all) => all.sort(newestFirst)) };
  };
  let isEmpty = true;
  for await (const entry of listVersions({ readPage }, { uri: target.uri, prefix, delimiter }, options)) {
    isEmpty = false;
    yield entry;
  }
  if (isEmpty && target.capabilities.versions === false) {
    throw new UnsupportedError({
      ...call,
      detail: "the account keeps no versions, and there are no snapshots",
    });
  }
}

function versionOf(
  { key, size, lastModified, etag }: ObjectMeta,
  element: XmlElement,
): ObjectVersion {
  const snapshot = childText(element, "Snapshot");
  const id = childText(element, "VersionId");
  const isCurrent = !snapshot && (!id || childText(element, "IsCurrentVersion") === "true");
  return {
    key,
    version: snapshot ? `${SNAPSHOT}${snapshot}` : id || UNVERSIONED,
    isLatest: isCurrent,
    lastModified,
    size,
    ...(etag !== undefined && { etag }),
    isDeleteMarker: false,
  };
}

/** Names of versions and snapshots are times, in one form. */
function newestFirst(one: ObjectVersion, other: ObjectVersion): number {
  if (one.isLatest || other.isLatest) return Number(other.isLatest) - Number(one.isLatest);
  const [a, b] = [one, other].map(({ version }) => version.replace(SNAPSHOT, ""));
  return a === b ? 0 : (a ?? "") < (b ?? "") ? 1 : -1;
}
