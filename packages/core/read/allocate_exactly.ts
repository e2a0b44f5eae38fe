/** Calls `allocate` of `getNow`. Memory of another length than was asked for is a `RangeError`. */
export function allocateExactly(
  allocate: (length: number) => Uint8Array | undefined,
  length: number,
): Uint8Array | undefined {
  const bytes = allocate(length);
  if (bytes === undefined || bytes.length === length) return bytes;
  throw new RangeError(
    `Cannot read ${length} bytes into memory of ${bytes.length}: allocate gave the wrong length`,
  );
}
