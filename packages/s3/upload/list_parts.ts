import { type Page, readPages } from "@lade/service/list";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { isTruncated } from "../list/page_end.ts";
import { readDocument } from "../wire/read_document.ts";
import { readSize, unquoteEtag } from "@lade/service/body";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { objectHeaders } from "../headers/read_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";

const MAX_PARTS = 10_000;

/** A part that the service has of an upload. */
export interface PendingPart {
  /** Number, from 1 to 10,000. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** The service's tag of the part, without quotes. */
  readonly etag: string;
  /** CRC-32C of the part in base64, where the upload has one. */
  readonly crc32c?: string;
  /** CRC-64/NVME of the part in base64, where the upload has one. */
  readonly crc64nvme?: string;
}

/** Lists the parts that the service has of an upload, by number. */
export async function* listParts(
  connection: S3Connection,
  uri: string,
  key: string,
  uploadId: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
  operation = "list the parts of",
): AsyncGenerator<PendingPart, void, void> {
  const call: FailedCall = { operation, uri, permission: "s3:ListMultipartUploadParts" };
  signal?.throwIfAborted();
  const read = (marker?: string) => partPage(connection, call, key, uploadId, { marker, signal });
  for await (const { page } of readPages(call, read)) {
    for (const part of page.entries) {
      yield part;
      signal?.throwIfAborted();
    }
  }
}

/** Fetches a page of an upload's parts, `most` of them at most. */
export function partPage(
  connection: S3Connection,
  call: FailedCall,
  key: string,
  uploadId: string,
  { marker, most, signal }: { marker?: string | undefined; most?: number; signal?: AbortSignal | undefined } =
    {},
): Promise<Page<PendingPart>> {
  const request = {
    method: "GET",
    key,
    query: {
      uploadId,
      "max-parts": most === undefined ? undefined : String(most),
      "part-number-marker": marker,
    },
    headers: objectHeaders(connection.config),
    signal,
    call,
  } as const;
  return readDocument(connection, request, (root) => readPage(root, call));
}

function readPage(root: XmlElement, call: FailedCall): Page<PendingPart> {
  const entries = root.children.filter(({ name }) => name === "Part").map((element) => {
    const number = Number(childText(element, "PartNumber") || NaN);
    const size = readSize(childText(element, "Size"));
    const etag = unquoteEtag(childText(element, "ETag"));
    const crc32c = childText(element, "ChecksumCRC32C");
    const crc64nvme = childText(element, "ChecksumCRC64NVME");
    const isNumber = Number.isSafeInteger(number) && number >= 1 && number <= MAX_PARTS;
    if (!isNumber || size === undefined || etag === undefined) {
      throw unlikeS3(call, "a part lacks number, size or etag");
    }
    return { number, size, etag, ...(crc32c ? { crc32c } : {}), ...(crc64nvme ? { crc64nvme } : {}) };
  });
  const marker = childText(root, "NextPartNumberMarker");
  // The last page bears a marker too, the number of its last part or zero, and says that it is the last.
  const next = marker === "0" ? undefined : marker;
  return isTruncated(root, next, call) && next ? { entries, next } : { entries };
}
