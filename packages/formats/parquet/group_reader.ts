import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import type { Column, TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { sliceColumn } from "../table/slice_rows.ts";
import { valueLayoutOf } from "../table/value_layout.ts";
import { assembleColumn } from "./assemble.ts";
import type { ChunkPlace } from "./page_fault.ts";
import { findPages, type PageSpan } from "./page_locations.ts";
import { type ChunkPiece, type LeafData, readLeaf } from "./read_leaf.ts";
import type { ChunkLocation, RowGroupPlace } from "./row_groups.ts";
import { type ColumnNode, type LeafNode, leavesOf } from "./schema_tree.ts";

/** Rows of a row group: from `first` up to before `last`. */
export interface GroupRows {
  /** The row group. */
  readonly group: RowGroupPlace;
  /** The first row, counted from that of the group. */
  readonly first: number;
  /** The row behind the last. */
  readonly last: number;
}

/** The bytes of a row group's columns. */
export interface GroupBytes {
  /** What they were read for. */
  readonly wanted: GroupRows;
  /** For each stored column, in order, the pages. */
  readonly chunks: readonly ReadChunk[];
}

/** Pages of a chunk that were read. */
interface ReadChunk {
  readonly span: PageSpan;
  readonly pieces: readonly ChunkPiece[];
}

/** A stored column, which one it is in a row group, and whether it is a column by itself. */
interface WantedLeaf {
  readonly place: number;
  readonly leaf: LeafNode;
  readonly alone: boolean;
}

/** Bytes of a chunk from which on its page index is looked into, where not all rows are wanted. */
const WORTH_INDEX = 256 * 2 ** 10;

/** Reads and decodes the columns wanted of a row group. */
export class GroupReader {
  readonly #source: ByteSource;
  readonly #columns: readonly ColumnNode[];
  readonly #schema: Schema;
  readonly #leaves: readonly WantedLeaf[];

  /** Of the columns given, in the order of the schema given. */
  constructor(source: ByteSource, columns: readonly ColumnNode[], schema: Schema) {
    this.#source = source;
    this.#columns = columns;
    this.#schema = schema;
    this.#leaves = columns.flatMap((column) => {
      const leaves = leavesOf(column);
      return leaves.map((leaf, index) => ({
        place: column.leaves[0] + index,
        leaf,
        alone: leaves.length === 1,
      }));
    });
  }

  /** Bytes that are read at most. */
  sizeOf({ group }: GroupRows): number {
    return this.#leaves.reduce((sum, wanted) => sum + this.#locate(wanted, group).length, 0);
  }

  /** Bytes that the values take in memory, about: what is stored by places in a dictionary may take more. */
  memoryOf(group: RowGroupPlace): number {
    return this.#leaves.reduce((sum, wanted) => {
      const { fullLength, values } = this.#locate(wanted, group);
      const { Values, width } = valueLayoutOf(wanted.leaf.field.type) ?? {};
      const plain = Values && width ? values * width * Values.BYTES_PER_ELEMENT : 0;
      return sum + Math.max(fullLength, plain);
    }, 0);
  }

  /** Reads the pages, those near one another by one request: of chunks with a page index those of the rows that are wanted. */
  async read(wanted: GroupRows, signal: AbortSignal): Promise<GroupBytes> {
    const spans = await this.#findPages(wanted, signal);
    const ranges = spans.flatMap((span) => span.ranges);
    const read = await this.#source.readRanges(ranges, { signal });
    let next = 0;
    const chunks = spans.map((span) => ({
      span,
      pieces: span.ranges.map(({ offset }) => ({ offset, bytes: read[next++] ?? new Uint8Array(0) })),
    }));
    return { wanted, chunks };
  }

  /** Decodes them. */
  decode({ wanted: { group, first, last }, chunks }: GroupBytes): TableBatch {
    const { uri } = this.#source;
    const fail = (node: ColumnNode, detail: string) =>
      new FormatError({
        operation: "read parquet",
        uri,
        detail: `column "${node.path}" ${detail} (row group ${group.index})`,
      });
    const decoded = new Map<number, LeafData>();
    const starts = new Map<number, number>();
    this.#leaves.forEach((wanted, index) => {
      const { codec, values } = this.#locate(wanted, group);
      const { span: { rows, firstRow }, pieces } = chunks[index] ?? {
        span: { rows: 0, firstRow: 0 },
        pieces: [],
      };
      const all = rows === group.rows ? { values } : {};
      const until = last - firstRow;
      const isPart = wanted.alone && wanted.leaf.repetition === 0 && until < rows;
      const chunk = {
        pieces,
        place: this.#placeOf(wanted, group),
        codec,
        rows,
        mostValues: values,
        ...all,
        ...(isPart && { until }),
      };
      decoded.set(wanted.place, readLeaf(chunk, wanted.leaf));
      starts.set(wanted.place, firstRow);
    });
    const columns = this.#columns.map((node): Column => {
      const start = starts.get(node.leaves[0]) ?? 0;
      const column = assembleColumn(node, decoded, fail);
      return first - start === 0 && last - start === column.length
        ? column
        : sliceColumn(column, first - start, last - start);
    });
    return { schema: this.#schema, rows: last - first, columns };
  }

  /** Which pages have the rows: all, where there is no index, or parts of one column may begin with different rows. */
  async #findPages({ group, first, last }: GroupRows, signal: AbortSignal): Promise<readonly PageSpan[]> {
    const locations = this.#leaves.map((wanted) => this.#locate(wanted, group));
    const indexed = this.#leaves.flatMap(({ alone }, place) => {
      const { pageIndex, length = 0 } = locations[place] ?? {};
      const worth = alone && last - first < group.rows && length >= WORTH_INDEX;
      return worth && pageIndex ? [{ place, pageIndex }] : [];
    });
    const read = indexed.length === 0
      ? []
      : await this.#source.readRanges(indexed.map(({ pageIndex }) => pageIndex), { signal });
    const indexes = new Map(indexed.map(({ place }, index) => [place, read[index]]));
    return this.#leaves.map((wanted, place) => {
      const location = this.#locate(wanted, group);
      const index = indexes.get(place);
      if (index) {
        return findPages(index, location, { first, last, group: group.rows }, this.#placeOf(wanted, group));
      }
      const { offset, length } = location;
      return { firstRow: 0, rows: group.rows, ranges: [{ offset, length }] };
    });
  }

  #placeOf({ leaf, place }: WantedLeaf, { index, chunks }: RowGroupPlace): ChunkPlace {
    return { uri: this.#source.uri, column: leaf.path, group: index, offset: chunks[place]?.offset ?? 0 };
  }

  #locate({ place, leaf }: WantedLeaf, group: RowGroupPlace): ChunkLocation {
    const chunk = group.chunks[place];
    if (chunk && chunk.unsupported === undefined) return chunk;
    throw new UnsupportedError({
      operation: "read parquet",
      uri: this.#source.uri,
      detail: `column "${leaf.path}" ${chunk?.unsupported ?? "is not there"}`,
      advice: "name the other columns in `columns`",
    });
  }
}
