import { formatSize } from "@lade/core/text";

/** Characters of a column of sizes; wide enough for nine terabytes in bytes. */
export const SIZE_COLUMNS = 13;

/** Writes a size for a column, at its right edge. */
export function formatSizeColumn(size: number, human: boolean): string {
  return (human ? formatSize(size) : String(size)).padStart(SIZE_COLUMNS);
}
