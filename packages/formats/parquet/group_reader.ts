import { FormatError } from "../errors/format_error.ts";
import type { ByteSource, SourceRange } from "../source/byte_source.ts";
import type { TableBatch } from "../table/column.ts";
import type { Schema } from "../table/schema.ts";
import { sliceRows } from "../table/slice_rows.ts";
import { UnsupportedError } from "@lade/core/errors";
import { assembleColumn } from "./assemble.ts";
import { type LeafData, readLeaf } from "./read_leaf.ts";
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
  /** For each stored column, in order, its chunk. */
  readonly chunks: readonly Uint8Array[];
}

/** Reads and decodes the columns wanted of a row group. */
export class GroupReader {
  readonly #source: ByteSource;
  readonly #columns: readonly ColumnNode[];
  readonly #schema: Schema;
  readonly #leaves: readonly (readonly [place: number, leaf: LeafNode])[];

  /** Of the columns given, in the order of the schema given. */
  constructor(source: ByteSource, columns: readonly ColumnNode[], schema: Schema) {
    this.#source = source;
    this.#columns = columns;
    this.#schema = schema;
    this.#leaves = columns.flatMap((column) =>
      leavesOf(column).map((leaf, index) => [column.leaves[0] + index, leaf] as const)
    );
  }

  /** Bytes that are read. */
  sizeOf(wanted: GroupRows): number {
    return this.#chunksOf(wanted).reduce((sum, { length }) => sum + length, 0);
  }

  /** Reads the chunks, those near one another by one request. */
  async read(wanted: GroupRows, signal: AbortSignal): Promise<GroupBytes> {
    const ranges: SourceRange[] = this.#chunksOf(wanted).map(({ offset, length }) => ({ offset, length }));
    return { wanted, chunks: await this.#source.readRanges(ranges, { signal }) };
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
    this.#leaves.forEach(([place, leaf], index) => {
      const location = group.chunks[place];
      const bytes = chunks[index];
      if (!location || !bytes) return;
      const chunk = {
        bytes,
        place: { uri, column: leaf.path, group: group.index, offset: location.offset },
        codec: location.codec,
        values: location.values,
        mostValues: location.values,
        rows: group.rows,
      };
      decoded.set(place, readLeaf(chunk, leaf));
    });
    const columns = this.#columns.map((column) => assembleColumn(column, decoded, fail));
    return sliceRows({ schema: this.#schema, rows: group.rows, columns }, first, last);
  }

  #chunksOf({ group }: GroupRows): ChunkLocation[] {
    return this.#leaves.flatMap(([place, leaf]) => {
      const chunk = group.chunks[place];
      if (chunk?.unsupported === undefined) return chunk ?? [];
      throw new UnsupportedError({
        operation: "read parquet",
        uri: this.#source.uri,
        detail: `column "${leaf.path}" ${chunk.unsupported}`,
        advice: "name the other columns in `columns`",
      });
    });
  }
}
