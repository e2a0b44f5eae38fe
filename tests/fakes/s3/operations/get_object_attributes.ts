import { S3Error } from "../s3_error.ts";
import { storedChecksum } from "../store/stored_object.ts";
import type { WireResponse } from "@lade/testing/http";
import { element, type Xml } from "../../parts/write_xml.ts";
import { bucketOf, type Call, xmlResponse } from "./call.ts";
import { checksumElements } from "./checksum_elements.ts";
import { findObject } from "./find_object.ts";

const NAMES = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);

/** GetObjectAttributes. */
export function getObjectAttributes(call: Call): WireResponse {
  const bucket = bucketOf(call);
  const object = findObject(call, bucket, call.key, call.query.get("versionId"));
  const wanted = (call.headers.get("x-amz-object-attributes") ?? "").split(",").map((name) => name.trim());
  if (wanted.some((name) => !NAMES.has(name))) {
    throw new S3Error("InvalidArgument", { message: "Invalid attribute name specified." });
  }
  const { checksums, defaultChecksum } = call.server.settings;
  const checksum = checksums ? storedChecksum(object, defaultChecksum && !bucket.discard) : undefined;
  const when = (name: string, make: () => Xml | undefined) => wanted.includes(name) ? make() : undefined;
  return xmlResponse("GetObjectAttributesResponse", [
    when("ETag", () => element("ETag", object.etag)),
    when("Checksum", () => checksum && element("Checksum", checksumElements(checksum))),
    when("ObjectParts", () =>
      object.parts && element("ObjectParts", [
        element("PartsCount", object.parts.length),
        ...object.parts.map((part) =>
          element("Part", [
            element("PartNumber", part.number),
            element("Size", part.size),
            ...checksumElements(part.checksum, false),
          ])
        ),
      ])),
    when("StorageClass", () => element("StorageClass", object.attributes.storageClass)),
    when("ObjectSize", () => element("ObjectSize", object.content.size)),
  ], { "Last-Modified": new Date(object.lastModified).toUTCString() });
}
