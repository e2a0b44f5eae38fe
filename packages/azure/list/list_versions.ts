import {
  type CallOptions,
  type CommonPrefix,
  type ObjectMeta,
  type ObjectVersion,
  UnsupportedError,
} from "@lade/core/backend";
import { listVersions, newestFirst, prefixUri } from "@lade/service/list";
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
  const keepsNone = () => target.capabilities.versions === false;
  const reader = newestFirst(async ({ token, signal }) => {
    const query = { include: "snapshots,versions", prefix: prefix || undefined, delimiter, marker: token };
    return await askForBlobs(target, { query, signal, call }, (root) => readEntries(root, call, versionOf));
  }, (versions) => {
    const isPlain = keepsNone() && versions.every(({ version }) => version === UNVERSIONED);
    return isPlain ? [] : versions.toSorted(byTime);
  });
  let isEmpty = true;
  for await (const entry of listVersions(reader, { uri: target.uri, prefix, delimiter }, options)) {
    isEmpty = false;
    yield entry;
  }
  if (isEmpty && keepsNone()) {
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
function byTime(one: ObjectVersion, other: ObjectVersion): number {
  if (one.isLatest || other.isLatest) return Number(other.isLatest) - Number(one.isLatest);
  const [a, b] = [one, other].map(({ version }) => version.replace(SNAPSHOT, ""));
  return a === b ? 0 : (a ?? "") < (b ?? "") ? 1 : -1;
}
