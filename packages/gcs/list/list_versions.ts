import type { CallOptions, CommonPrefix, ObjectVersion } from "@lade/core/backend";
import { listVersions, newestFirst, prefixUri } from "@lade/service/list";
import type { GcsTarget } from "../client/gcs_target.ts";
import { metaOf } from "../objects/resource.ts";
import { askForObjects } from "./list_objects.ts";

/**
 * Lists the generations of objects; with `delimiter`, those of one level. The service gives those of a key the oldest first.
 * The live one has not been deleted; a key without it has no latest version, for which the service keeps no marker.
 */
export function listObjectVersions(
  target: GcsTarget,
  prefix: string,
  options: CallOptions,
  delimiter?: "/",
): AsyncIterable<ObjectVersion | CommonPrefix> {
  const { uri } = target;
  const call = { operation: "list the versions of", uri: prefixUri(uri, prefix) };
  const reader = newestFirst(
    (query) =>
      askForObjects(target, query, call, { versions: "true" }, (resource): ObjectVersion => {
        const { key, size, lastModified, version = "" } = metaOf(resource, call);
        const isLatest = !resource.timeDeleted;
        if (!isLatest) target.capabilities.versions = true;
        return { key, version, isLatest, lastModified, size, etag: version, isDeleteMarker: false };
      }),
    (versions) => versions.toSorted(byGeneration),
  );
  return listVersions(reader, { uri, prefix, delimiter }, options);
}

/** The greatest generation first: of numbers of one length in decimal, texts have their order. */
function byGeneration({ version: one }: ObjectVersion, { version: other }: ObjectVersion): number {
  return other.length - one.length || (one < other ? 1 : -1);
}
