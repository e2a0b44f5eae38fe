import { crc32 } from "node:zlib";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { chunkFault, type ChunkPlace } from "./page_fault.ts";
import { type PageHeader, readPageHeader } from "./page_header.ts";

/** A page as it lies in the object. */
export interface StoredPage {
  /** Its header. */
  readonly header: PageHeader;
  /** Its bytes as they are stored. */
  readonly bytes: Uint8Array;
  /** Its first byte, from the start of the chunk. */
  readonly at: number;
}

/**
 * Walks over the pages of a chunk. The CRC of each that has one is compared before it is yielded, and the pages fill the
 * chunk; else it is a `FormatError`.
 */
export function* pagesOf(chunk: Uint8Array, place: ChunkPlace): Generator<StoredPage, void, undefined> {
  const reader = new ByteReader(chunk, {
    operation: "read parquet",
    uri: place.uri,
    offset: place.offset,
  });
  while (reader.left > 0) {
    const start = reader.position;
    let page: StoredPage;
    try {
      const header = readPageHeader(reader);
      page = { header, at: reader.position, bytes: reader.take(header.size, "a page") };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw chunkFault(place, "a page's header is damaged", start, error);
    }
    const { header: { crc, kind }, bytes } = page;
    if (crc !== undefined && crc32(bytes) !== crc) {
      throw chunkFault(place, `the CRC-32 of a ${kind} page does not fit it`, page.at);
    }
    yield page;
  }
}
