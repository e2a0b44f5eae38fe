import type { Column, TableBatch } from "./column.ts";

/** Bytes of memory that the columns of a batch take. */
export function bytesOfBatch({ columns }: TableBatch): number {
  return columns.reduce((sum, column) => sum + bytesOfColumn(column), 0);
}

function bytesOfColumn({ values, offsets, validity, children = [] }: Column): number {
  const own = (values?.byteLength ?? 0) + (offsets?.byteLength ?? 0) + (validity?.byteLength ?? 0);
  return children.reduce((sum, child) => sum + bytesOfColumn(child), own);
}
