import { type Column, type RowValue, type TableBatch, valueAt } from "@lade/formats/table";

/** Makes rows of a batch as objects, in memory of their own: whoever keeps one keeps nothing of its batch. */
export function rowReader({ columns }: TableBatch): (row: number) => Readonly<Record<string, RowValue>> {
  const readers = columns.map((column) => ({
    name: column.field.name,
    read: hasBytes(column)
      ? (row: number) => withOwnBytes(valueAt(column, row))
      : (row: number) => valueAt(column, row),
  }));
  return (row) => Object.fromEntries(readers.map(({ name, read }) => [name, read(row)]));
}

/** Whether values of a column are views of its memory, or have some in them. */
function hasBytes({ field: { type }, children = [] }: Column): boolean {
  return type.kind === "binary" || type.kind === "fixed-binary" || children.some(hasBytes);
}

function withOwnBytes(value: RowValue): RowValue {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(withOwnBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withOwnBytes(inner)]));
}
