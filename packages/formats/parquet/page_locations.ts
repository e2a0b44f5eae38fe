import { type OffsetIndex, readOffsetIndex } from "hyparquet";
import { ByteReader } from "../binary/byte_reader.ts";
import { chunkFault, type ChunkPlace } from "./page_fault.ts";
import type { ChunkLocation } from "./row_groups.ts";
import { readThriftStruct } from "./thrift.ts";

/** The pages of a chunk that have rows that are wanted. */
export interface PageSpan {
  /** The first row of the first page, counted from that of the row group. */
  readonly firstRow: number;
  /** Rows of the pages. */
  readonly rows: number;
  /** Where the dictionary lies, where there is one, and the pages. */
  readonly ranges: readonly { readonly offset: number; readonly length: number }[];
}

/**
 * Finds the pages of the rows from `first` up to before `last` by the page index of a chunk, whose numbers all have to fit
 * the chunk and the rows of its row group: else it is a `FormatError`.
 */
export function findPages(
  index: Uint8Array,
  { offset: start, length }: ChunkLocation,
  rows: { readonly first: number; readonly last: number; readonly group: number },
  place: ChunkPlace,
): PageSpan {
  const { uri } = place;
  const fail = (detail: string, cause?: unknown) => chunkFault(place, `the page index ${detail}`, 0, cause);
  readThriftStruct(new ByteReader(index, { operation: "read parquet", uri, offset: place.offset }));
  let told: OffsetIndex;
  try {
    const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
    told = readOffsetIndex({ view, offset: 0 });
  } catch (error) {
    throw fail("cannot be read", error);
  }
  const pages = told.page_locations.map(({ offset, compressed_page_size: size, first_row_index: row }) => ({
    offset: Number(offset),
    end: Number(offset) + size,
    row: Number(row),
  }));
  let end = start;
  let row = -1;
  for (const page of pages) {
    if (!(page.offset >= end && page.end > page.offset && page.end <= start + length)) {
      throw fail("tells pages that do not lie in the chunk");
    }
    if (!(page.row > row && page.row < rows.group)) throw fail("tells rows that are not in the row group");
    end = page.end;
    row = page.row;
  }
  const [head] = pages;
  if (head?.row !== 0) throw fail("begins with another row than the first");
  const from = pages.findLastIndex((page) => page.row <= rows.first);
  const to = pages.findIndex((page) => page.row >= rows.last);
  const first = pages[from] ?? head;
  const next = pages[to];
  const dictionary = { offset: start, length: head.offset - start };
  const wanted = { offset: first.offset, length: (next?.offset ?? start + length) - first.offset };
  return {
    firstRow: first.row,
    rows: (next?.row ?? rows.group) - first.row,
    ranges: dictionary.length > 0 ? [dictionary, wanted] : [wanted],
  };
}
