import type { ColumnChunk, CompressionCodec, RowGroup } from "hyparquet";
import { type ColumnNode, leavesOf } from "./schema_tree.ts";

/** Where the values of one stored column of a row group lie. */
export interface ChunkLocation {
  /** First byte. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** Values, nulls and empty lists too. */
  readonly values: number;
  /** How its pages are compressed. */
  readonly codec: CompressionCodec;
  /** Bytes that the pages have, with their headers, once decompressed. */
  readonly fullLength: number;
  /** Where it says at which row each page begins, where it does. */
  readonly pageIndex?: { readonly offset: number; readonly length: number };
  /** Why it cannot be read. */
  readonly unsupported?: string;
}

/** A row group. */
export interface RowGroupPlace {
  /** Which one, counted from 0. */
  readonly index: number;
  /** Its first row, counted through the file. */
  readonly firstRow: number;
  /** Rows. */
  readonly rows: number;
  /** For each stored column, in the order of the schema. */
  readonly chunks: readonly ChunkLocation[];
}

/** What stands in a few bytes by being the same over and over: so many values a byte may stand for. */
const VALUES_PER_BYTE = 512;
/** Values that may stand in any number of bytes. */
const FREE_VALUES = 2 ** 26;

/**
 * The row groups of a footer, all of whose numbers are checked: that they fit the schema, one another, and the bytes of the
 * object before `end`, where the footer begins.
 */
export function rowGroupsOf(
  told: readonly RowGroup[],
  columns: readonly ColumnNode[],
  end: number,
  fail: (detail: string) => Error,
): readonly RowGroupPlace[] {
  const leaves = columns.flatMap(leavesOf);
  let firstRow = 0;
  return told.map(({ num_rows, columns: chunks }, index) => {
    const rows = Number(num_rows);
    const failHere = (detail: string) => fail(`row group ${index} ${detail}`);
    if (!Number.isSafeInteger(rows) || rows < 0) throw failHere(`has ${num_rows} rows`);
    if (chunks.length !== leaves.length) {
      throw failHere(`has ${chunks.length} columns, and the schema ${leaves.length}`);
    }
    const group = {
      index,
      firstRow,
      rows,
      chunks: leaves.map((leaf, place) => {
        const failChunk = (detail: string) => failHere(`says of column "${leaf.path}" ${detail}`);
        const chunk = chunks[place];
        if (!chunk) throw failChunk("nothing");
        const location = locate(chunk, end, failChunk);
        const { unsupported, values, length } = location;
        if (unsupported !== undefined) return location;
        if (chunk.meta_data?.type !== leaf.element.type) {
          throw failChunk(`that it is of ${chunk.meta_data?.type}`);
        }
        if (leaf.repetition === 0 ? values !== rows : values < rows) {
          throw failChunk(`that it has ${values} values, and there are ${rows} rows`);
        }
        if (values > Math.max(FREE_VALUES, length * VALUES_PER_BYTE)) {
          throw failChunk(`that it has ${values} values in ${length} bytes`);
        }
        return location;
      }),
    };
    firstRow += rows;
    return group;
  });
}

function locate(chunk: ColumnChunk, end: number, fail: (detail: string) => Error): ChunkLocation {
  const { meta_data: told, crypto_metadata: crypto, encrypted_column_metadata: hidden, file_path: path } =
    chunk;
  if (crypto || hidden || !told) {
    return {
      offset: 0,
      length: 0,
      values: 0,
      codec: "UNCOMPRESSED",
      fullLength: 0,
      unsupported: "is encrypted",
    };
  }
  const number = (value: bigint | undefined, what: string) => {
    const sound = value !== undefined && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
    if (!sound) throw fail(`that ${what} is ${value}`);
    return Number(value);
  };
  const data = number(told.data_page_offset, "the offset of its pages");
  const dictionary = told.dictionary_page_offset === undefined
    ? 0
    : number(told.dictionary_page_offset, "the offset of its dictionary");
  // A chunk of a dictionary alone, which pyarrow writes for no rows, has no data page.
  const offset = dictionary > 0 && (dictionary < data || data === 0) ? dictionary : data;
  const length = number(told.total_compressed_size, "its size");
  if (path === undefined && length > 0 && (offset < 4 || offset + length > end)) {
    throw fail(`that it has the bytes ${offset}+${length}, and the pages end at ${end}`);
  }
  const { offset_index_offset: at, offset_index_length: size } = chunk;
  const pageIndex = at !== undefined && size !== undefined && Number(at) + size <= end && size > 0 && at >= 4n
    ? { offset: Number(at), length: size }
    : undefined;
  if (told.codec === undefined) throw fail("that it is compressed by what no one knows");
  return {
    offset,
    length,
    values: number(told.num_values, "the number of its values"),
    codec: told.codec,
    fullLength: number(told.total_uncompressed_size, "its decompressed size"),
    ...(pageIndex && { pageIndex }),
    ...(path !== undefined && { unsupported: `lies in another file, "${path}"` }),
  };
}
