import { readSize, unlikeService, unquoteEtag } from "../body/mod.ts";
import { isTruncated, type Page, readPages } from "../list/mod.ts";
import { childText, type XmlElement } from "../xml/mod.ts";
import type { PartsReading } from "./parts_reading.ts";

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
  reading: PartsReading,
  uploadId: string,
): AsyncGenerator<PendingPart, void, void> {
  const { call, signal } = reading;
  signal?.throwIfAborted();
  for await (const { page } of readPages(call, (marker) => partPage(reading, uploadId, { marker }))) {
    for (const part of page.entries) {
      yield part;
      signal?.throwIfAborted();
    }
  }
}

/** Asks for a page of an upload's parts, `most` of them at most. */
export function partPage(
  reading: PartsReading,
  uploadId: string,
  { marker, most }: { readonly marker?: string | undefined; readonly most?: number } = {},
): Promise<Page<PendingPart>> {
  const query = {
    uploadId,
    "max-parts": most === undefined ? undefined : String(most),
    "part-number-marker": marker,
  };
  return reading.ask(query, (root) => readPage(root, reading));
}

function readPage(root: XmlElement, { service, call }: PartsReading): Page<PendingPart> {
  const entries = root.children.filter(({ name }) => name === "Part").map((element) => {
    const number = Number(childText(element, "PartNumber") || NaN);
    const size = readSize(childText(element, "Size"));
    const etag = unquoteEtag(childText(element, "ETag"));
    const crc32c = childText(element, "ChecksumCRC32C");
    const crc64nvme = childText(element, "ChecksumCRC64NVME");
    const isNumber = Number.isSafeInteger(number) && number >= 1 && number <= MAX_PARTS;
    if (!isNumber || size === undefined || etag === undefined) {
      throw unlikeService(call, service, "a part lacks number, size or etag");
    }
    return { number, size, etag, ...(crc32c ? { crc32c } : {}), ...(crc64nvme ? { crc64nvme } : {}) };
  });
  const marker = childText(root, "NextPartNumberMarker");
  // The last page bears a marker too, the number of its last part or zero, and says that it is the last.
  const next = marker === "0" ? undefined : marker;
  return isTruncated(root, next, service, call) && next ? { entries, next } : { entries };
}
