import { FormatError } from "../errors/format_error.ts";

/** Where in a file something is wrong, as its errors say it. */
export interface ChunkPlace {
  /** The object. */
  readonly uri: string;
  /** The column's path: `a.list.element`. */
  readonly column: string;
  /** The row group, counted from 0. */
  readonly group: number;
  /** The chunk's first byte in the object. */
  readonly offset: number;
}

/** Makes the error of a fault in a column chunk; `at` is where in the chunk. */
export function chunkFault(place: ChunkPlace, detail: string, at = 0, cause?: unknown): FormatError {
  const { uri, column, group, offset } = place;
  return new FormatError({
    operation: "read parquet",
    uri,
    detail: `${detail} (column "${column}", row group ${group}, at byte ${offset + at})`,
    offset: offset + at,
    ...(cause !== undefined && { cause }),
  });
}
