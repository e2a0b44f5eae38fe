const BLOCK_BYTES = 2 ** 20;

/** Records that come to about 1 MiB: a function of the data set alone, since the order depends on it. */
export function recordsOfBlock(bytes: number, records: number): number {
  return records === 0 ? 1 : Math.max(1, Math.round(BLOCK_BYTES * records / Math.max(1, bytes)));
}
