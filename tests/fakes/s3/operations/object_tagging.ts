import { S3Error } from "../s3_error.ts";
import type { StoredObject } from "../store/stored_object.ts";
import type { WireResponse } from "@lade/testing/http";
import { childrenOf, parseXml, textOf } from "../xml/parse_xml.ts";
import { element } from "../../parts/write_xml.ts";
import { checkTags } from "./attributes.ts";
import { bucketOf, type Call, emptyResponse, xmlResponse } from "./call.ts";
import { findObject } from "./find_object.ts";
import { receiveText } from "./receive_body.ts";

/** GetObjectTagging. */
export function getObjectTagging(call: Call): WireResponse {
  const { tags } = target(call).attributes;
  const set = tags.map(([name, value]) => element("Tag", [element("Key", name), element("Value", value)]));
  return xmlResponse("Tagging", [element("TagSet", set)]);
}

/** PutObjectTagging. */
export async function putObjectTagging(call: Call): Promise<WireResponse> {
  const document = parseXml(await receiveText(call));
  const [set] = childrenOf(document, "TagSet");
  if (document.name !== "Tagging" || set === undefined) throw new S3Error("MalformedXML");
  const tags = childrenOf(set, "Tag").map((tag) => {
    const [name, value] = [textOf(tag, "Key"), textOf(tag, "Value")];
    if (name === undefined || value === undefined) throw new S3Error("MalformedXML");
    return [name, value] as const;
  });
  checkTags(tags);
  setTags(target(call), tags);
  return emptyResponse(200);
}

/** DeleteObjectTagging. */
export function deleteObjectTagging(call: Call): WireResponse {
  setTags(target(call), []);
  return emptyResponse(204);
}

function target(call: Call): StoredObject {
  return findObject(call, bucketOf(call), call.key, call.query.get("versionId"));
}

function setTags(object: StoredObject, tags: StoredObject["attributes"]["tags"]): void {
  object.attributes = { ...object.attributes, tags };
}
