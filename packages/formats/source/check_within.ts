import { FormatError } from "../errors/format_error.ts";

/** Throws a `FormatError` where a range does not lie within `size` bytes. */
export function checkWithin(
  { uri, size }: { readonly uri: string; readonly size: number },
  offset: number,
  length: number,
): void {
  const sound = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (sound && offset + length <= size) return;
  throw new FormatError({
    operation: "read",
    uri,
    detail: `bytes ${offset}+${length} are wanted, and it has ${size}`,
    ...(sound && { offset }),
  });
}
