import type { ByteBudget } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { FaultList } from "../registry/fault_list.ts";
import type { Verification, VerifyOptions } from "../registry/format.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { readAhead } from "../source/read_ahead.ts";
import { assembleColumn } from "./assemble.ts";
import { pagesOf, type StoredPage } from "./column_chunk.ts";
import { type Footer, readFooter } from "./footer.ts";
import type { ChunkPlace } from "./page_fault.ts";
import { type LeafData, readLeaf } from "./read_leaf.ts";
import type { ChunkLocation, RowGroupPlace } from "./row_groups.ts";
import { type ColumnNode, leavesOf, unsupportedOf } from "./schema_tree.ts";

/** Columns of a row group that are read together. */
interface Piece {
  readonly group: RowGroupPlace;
  readonly columns: readonly ColumnNode[];
  readonly chunks: readonly ChunkLocation[];
  readonly size: number;
}

const PIECE = 8 * 2 ** 20;
const MAGIC = "PAR1";

/** What the pages that have a checksum are called among those compared. */
export const PAGE_CRC = "CRC-32 of a page";

/**
 * Reads every page: compares the CRC of those that have one, decompresses each to the size that its header tells, and
 * decodes levels and values, whose numbers have to fit the footer. Columns that are encrypted, or that cannot be decoded
 * here, are compared as far as they can be.
 */
export async function verifyParquet(
  source: ByteSource,
  options: VerifyOptions & { readonly budget?: ByteBudget } = {},
): Promise<Verification> {
  const { onBytes, signal, budget } = options;
  const list = new FaultList(options);
  let bytes = 0;
  let compared = 0;
  let covered = 0;
  const read = (count: number) => {
    bytes += count;
    onBytes?.(count);
  };
  const result = () => ({
    checked: { [PAGE_CRC]: compared },
    unchecked: source.size - covered,
    bytes,
    faults: list.faults,
  });
  const call = signal ? { signal } : {};
  let footer: Footer | undefined;
  await list.step(async () => {
    footer = await readFooter(source, call);
    read(source.size - footer.start);
    const head = await source.read(0, MAGIC.length, call);
    read(MAGIC.length);
    if (new TextDecoder().decode(head) !== MAGIC) {
      list.add(wrong(source, `it does not begin with "${MAGIC}"`));
    }
  });
  if (!footer) return result();
  const { columns: all, groups } = footer;
  const onPage = ({ header: { crc, size } }: StoredPage) => {
    if (crc === undefined) return;
    compared++;
    covered += size;
  };
  const pieces = groups.flatMap((group) => piecesOf(all, group));
  const readPiece = async (piece: Piece, signal: AbortSignal) => {
    const ranges = piece.chunks.map(({ offset, length }) => ({ offset, length }));
    return { piece, chunks: await source.readRanges(ranges, { signal }) };
  };
  const setup = { sizeOf: ({ size }: Piece) => size, read: readPiece, ...call, ...(budget && { budget }) };
  for await (const { piece: { group, columns, size }, chunks } of readAhead(pieces, setup)) {
    read(size);
    let next = 0;
    for (const column of columns) {
      const count = column.leaves[1] - column.leaves[0];
      const own = chunks.slice(next, next + count);
      await list.step(() => checkColumn(source, column, group, own, onPage));
      if (list.isFull) return result();
      next += count;
    }
  }
  return result();
}

/** Cuts a row group into runs of columns that are read together. */
function piecesOf(columns: readonly ColumnNode[], group: RowGroupPlace): Piece[] {
  const pieces: { group: RowGroupPlace; columns: ColumnNode[]; chunks: ChunkLocation[]; size: number }[] = [];
  for (const column of columns) {
    const chunks = group.chunks.slice(...column.leaves);
    const size = chunks.reduce((sum, { length }) => sum + length, 0);
    const last = pieces.at(-1);
    if (last && last.size + size <= PIECE) {
      last.columns.push(column);
      last.chunks.push(...chunks);
      last.size += size;
    } else pieces.push({ group, columns: [column], chunks: [...chunks], size });
  }
  return pieces;
}

function checkColumn(
  source: ByteSource,
  column: ColumnNode,
  group: RowGroupPlace,
  chunks: readonly Uint8Array[],
  onPage: (page: StoredPage) => void,
): void {
  const { uri } = source;
  const decoded = new Map<number, LeafData>();
  leavesOf(column).forEach((leaf, index) => {
    const place = column.leaves[0] + index;
    const location = group.chunks[place];
    const bytes = chunks[index];
    if (!location || !bytes || location.unsupported !== undefined) return;
    const at: ChunkPlace = { uri, column: leaf.path, group: group.index, offset: location.offset };
    const { codec, values } = location;
    let told = -1;
    const tell = (page: StoredPage) => {
      onPage(page);
      told = page.at;
    };
    try {
      const pieces = [{ offset: at.offset, bytes }];
      const chunk = { pieces, place: at, codec, values, mostValues: values, rows: group.rows, onPage: tell };
      decoded.set(place, readLeaf(chunk, leaf));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      for (const page of pagesOf(bytes, at)) if (page.at > told) onPage(page);
    }
  });
  if (decoded.size < column.leaves[1] - column.leaves[0] || unsupportedOf(column) !== undefined) return;
  assembleColumn(
    column,
    decoded,
    (node, detail) => wrong(source, `column "${node.path}" ${detail} (row group ${group.index})`),
  );
}

function wrong({ uri }: ByteSource, detail: string): FormatError {
  return new FormatError({ operation: "read parquet", uri, detail });
}
