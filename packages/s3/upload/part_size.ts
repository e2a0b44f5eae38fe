/** Parts of one upload at most ("Amazon S3 multipart upload limits"). */
export const MAX_PARTS = 10_000;

/** Bytes of one part, and of one PUT, at most. */
export const MAX_PART_SIZE = 5 * 2 ** 30;

/** Bytes of a part that is not the last, at least. */
export const MIN_PART_SIZE = 5 * 2 ** 20;

const EVEN_PARTS = 5000;
const PARTS_PER_STEP = 450;

/**
 * The size of part `number` of an object whose size is not known: `base` for the first 5,000 parts, then doubled every
 * 450 parts, so that parts of 8 MiB make up 40 GiB evenly, and 16 TiB in all.
 */
export function growingPartSize(base: number, number: number): number {
  const steps = number <= EVEN_PARTS ? 0 : Math.ceil((number - EVEN_PARTS) / PARTS_PER_STEP);
  return Math.min(base * 2 ** steps, MAX_PART_SIZE);
}

/** The size of every part of an object of `size` bytes: `base`, or the least whole MiB with which 5,000 parts do. */
export function evenPartSize(base: number, size: number): number {
  if (size <= base * EVEN_PARTS) return base;
  return Math.min(Math.ceil(size / EVEN_PARTS / 2 ** 20) * 2 ** 20, MAX_PART_SIZE);
}
