import { escapeXml } from "../xml/mod.ts";

/** The document that makes an object of parts, which come by number; `etag` is as the service gave it. */
export function completeDocument(
  parts: Iterable<{ readonly number: number; readonly etag: string }>,
): Uint8Array<ArrayBuffer> {
  let text = "";
  for (const { number, etag } of parts) {
    text += `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`;
  }
  return new TextEncoder().encode(`<CompleteMultipartUpload>${text}</CompleteMultipartUpload>`);
}
