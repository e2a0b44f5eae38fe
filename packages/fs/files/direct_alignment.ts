/**
 * What O_DIRECT wants of addresses, offsets and lengths: the logical block size of the disk, 512 or 4,096; the larger
 * suits all. See open(2).
 */
export const BLOCK = 4096;

/** The largest multiple of the block size up to `bytes`. */
export function blocksBelow(bytes: number): number {
  return bytes - bytes % BLOCK;
}

/** The smallest multiple of the block size from `bytes` up. */
export function blocksAbove(bytes: number): number {
  return blocksBelow(bytes + BLOCK - 1);
}
