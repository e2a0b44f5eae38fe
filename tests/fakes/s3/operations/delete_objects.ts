import type { WireResponse } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import { childrenOf, parseXml, textOf, type XmlNode } from "../xml/parse_xml.ts";
import { element, type Xml } from "../../parts/write_xml.ts";
import { bucketOf, type Call, xmlResponse } from "./call.ts";
import { checkAccess } from "./check_access.ts";
import { deleteKey } from "./delete_object.ts";
import { checkKey } from "./names.ts";
import { receiveText } from "./receive_body.ts";

/** DeleteObjects. */
export async function deleteObjects(call: Call): Promise<WireResponse> {
  const bucket = bucketOf(call);
  const { headers, payload } = call;
  const names = [...headers.names(), ...payload.announced];
  if (!names.some((name) => name === "content-md5" || name.startsWith("x-amz-checksum-"))) {
    throw new S3Error("InvalidRequest", {
      message: "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    });
  }
  const document = parseXml(await receiveText(call));
  const entries = childrenOf(document, "Object");
  if (document.name !== "Delete" || entries.length === 0 || entries.length > 1000) {
    throw new S3Error("MalformedXML");
  }
  const quiet = textOf(document, "Quiet") === "true";
  const results: (Xml | undefined)[] = [];
  for (const entry of entries) {
    const result = deleteEntry(call, bucket, entry);
    if (result.name === "Error" || !quiet) results.push(element(result.name, result.children));
  }
  return xmlResponse("DeleteResult", results);
}

function deleteEntry(
  call: Call,
  bucket: ReturnType<typeof bucketOf>,
  entry: XmlNode,
): { name: "Deleted" | "Error"; children: (Xml | undefined)[] } {
  const key = textOf(entry, "Key");
  const versionId = textOf(entry, "VersionId");
  if (key === undefined || key === "") throw new S3Error("MalformedXML");
  const target = [element("Key", key), element("VersionId", versionId)];
  try {
    checkKey(key);
    checkAccess(call, bucket, "DeleteObject", { versionId });
    const deleted = deleteKey(call, bucket, { key, versionId, ifMatch: textOf(entry, "ETag") });
    const marker = deleted.deleteMarker
      ? [element("DeleteMarker", true), element("DeleteMarkerVersionId", deleted.versionId)]
      : [];
    return { name: "Deleted", children: [...target, ...marker] };
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return {
      name: "Error",
      children: [...target, element("Code", error.code), element("Message", error.message)],
    };
  }
}
