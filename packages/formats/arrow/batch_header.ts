import type { FormatError } from "../errors/format_error.ts";
import type { FlatTable } from "./flat_table.ts";

/** How the buffers of a body are compressed. */
export type Codec = "lz4" | "zstd";

/** What a record batch says of its body. */
export interface BatchHeader {
  /** Rows, fewer than 2^31. */
  readonly rows: number;
  /** Of each column, those below included and before those beside: its rows, and how many of them have no value. */
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  /** Where each buffer lies within the body. */
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
  /** How each buffer is compressed, where it is. */
  readonly codec?: Codec;
  /** Of each column of views, how many buffers hold what they lead to. */
  readonly views: readonly number[];
  /** An error of this message. */
  readonly fault: (detail: string) => FormatError;
}

const MOST_ROWS = 2 ** 31 - 1;
const CODECS: readonly Codec[] = ["lz4", "zstd"];

/** Reads what a record batch says, and checks what can be without its body. */
export function readBatchHeader(table: FlatTable): BatchHeader {
  const fault = (detail: string) => table.fault(detail);
  const rows = table.i64(0);
  if (rows < 0 || rows > MOST_ROWS) throw fault(`it claims ${rows} rows`);
  const nodes = pairs(table, 1).map(([length, nulls]) => {
    if (length < 0 || nulls < 0 || nulls > length) {
      throw fault(`a column of it claims ${length} rows, ${nulls} of them without a value`);
    }
    return { length, nulls };
  });
  let end = 0;
  const buffers = pairs(table, 2).map(([offset, length]) => {
    // All writers put them one after the other; so no byte is ever meant twice.
    if (offset < end || length < 0 || offset % 8 !== 0) {
      throw fault(`a buffer of it lies at ${offset}+${length}, behind one that ends at ${end}`);
    }
    end = offset + length;
    return { offset, length };
  });
  const codec = readCodec(table);
  const counts = table.structs(4, 8);
  const views = Array.from({ length: counts.length }, (_, index) => counts.i64(index, 0));
  if (views.some((count) => count < 0 || count > buffers.length)) {
    throw fault("it claims more buffers than it has");
  }
  return { rows, nodes, buffers, views, fault, ...(codec && { codec }) };
}

function pairs(table: FlatTable, field: number): [number, number][] {
  const structs = table.structs(field, 16);
  return Array.from({ length: structs.length }, (_, index) => [structs.i64(index, 0), structs.i64(index, 8)]);
}

function readCodec(table: FlatTable): Codec | undefined {
  const compression = table.table(3);
  if (!compression) return undefined;
  const codec = CODECS[compression.u8(0)];
  if (!codec || compression.u8(1) !== 0) {
    throw table.fault(`it is compressed in an unknown way, ${compression.u8(0)}`);
  }
  return codec;
}
