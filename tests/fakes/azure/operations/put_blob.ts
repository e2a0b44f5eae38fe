import type { WireResponse } from "@lade/testing/http";
import { badHeader, missingHeader } from "../azure_error.ts";
import { readAttributes } from "./attributes.ts";
import { type Call, containerOf, emptyResponse } from "./call.ts";
import { receiveBody } from "./receive_body.ts";
import { checkWrite, replaceBlob, writtenHeaders } from "./replace_blob.ts";

/** Put Blob, of a block blob. */
export async function putBlob(call: Call): Promise<WireResponse> {
  const type = call.headers.get("x-ms-blob-type");
  if (type === undefined) throw missingHeader("x-ms-blob-type");
  if (type !== "BlockBlob") throw badHeader("x-ms-blob-type", type);
  const attributes = readAttributes(call, true);
  const { discard } = containerOf(call);
  const limit = call.server.settings.maxPutSize;
  const { content, md5, crc64 } = await receiveBody(call, { limit, discard, md5: !discard, crc64: true });
  const container = checkWrite(call);
  const own = md5 === undefined ? {} : { "content-md5": md5 };
  const blob = replaceBlob(call, container, { ...attributes, fields: { ...own, ...attributes.fields } }, {
    content,
  });
  return emptyResponse(201, {
    ...writtenHeaders(blob),
    ...(md5 !== undefined && { "Content-MD5": md5 }),
    ...(crc64 !== undefined && { "x-ms-content-crc64": crc64 }),
  });
}
