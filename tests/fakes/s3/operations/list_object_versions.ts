import type { WireResponse } from "@lade/testing/http";
import type { Bucket } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { element } from "../../parts/write_xml.ts";
import { bucketOf, type Call, xmlResponse } from "./call.ts";
import { quoted } from "./etag.ts";
import { commonPrefixes, readListingQuery } from "./listing_query.ts";
import { type Listed, takePage, walkKeys } from "./walk_keys.ts";

type Entry = Listed & { version?: StoredObject };

/** ListObjectVersions. */
export function listObjectVersions(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const listing = readListingQuery(call, "max-keys");
  const keyMarker = call.query.get("key-marker") ?? "";
  const versionMarker = call.query.get("version-id-marker");
  const { page, truncated } = takePage(
    walkVersions(bucket, { prefix: listing.prefix, delimiter: listing.delimiter, keyMarker, versionMarker }),
    listing.max,
  );
  const last = page.at(-1);
  const next = last?.kind === "key" ? last.key : last?.prefix;
  return xmlResponse("ListVersionsResult", [
    element("Name", bucket.name),
    element("Prefix", listing.encode(listing.prefix)),
    element("KeyMarker", listing.encode(keyMarker)),
    element("VersionIdMarker", versionMarker ?? ""),
    truncated ? element("NextKeyMarker", listing.encode(next ?? "")) : undefined,
    truncated ? element("NextVersionIdMarker", last?.version?.versionId) : undefined,
    element("MaxKeys", listing.max),
    listing.delimiter === "" ? undefined : element("Delimiter", listing.encode(listing.delimiter)),
    listing.encodingType,
    element("IsTruncated", truncated),
    ...page.map(({ version }) =>
      version && element(version.deleteMarker ? "DeleteMarker" : "Version", [
        element("Key", listing.encode(version.key)),
        element("VersionId", version.versionId),
        element("IsLatest", bucket.versions(version.key)[0] === version),
        element("LastModified", new Date(version.lastModified).toISOString()),
        ...(version.deleteMarker ? [] : [
          element("ETag", quoted(version.etag)),
          element("Size", version.content.size),
          element("StorageClass", version.attributes.storageClass),
        ]),
        element("Owner", [element("ID", version.owner)]),
      ])
    ),
    ...commonPrefixes(page, listing),
  ]);
}

function* walkVersions(
  bucket: Bucket,
  query: { prefix: string; delimiter: string; keyMarker: string; versionMarker: string | undefined },
): Generator<Entry, void, undefined> {
  const { keyMarker, versionMarker } = query;
  if (versionMarker !== undefined) {
    const versions = bucket.versions(keyMarker);
    const at = versions.findIndex((version) => version.versionId === versionMarker);
    for (const version of versions.slice(at + 1)) yield { kind: "key", key: keyMarker, version };
  }
  const walk = walkKeys(bucket.keys(), { ...query, after: keyMarker, isListed: () => true });
  for (const listed of walk) {
    if (listed.kind === "prefix") yield listed;
    else for (const version of bucket.versions(listed.key)) yield { ...listed, version };
  }
}
