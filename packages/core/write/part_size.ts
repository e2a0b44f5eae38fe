/** What a service takes as the parts of one object. */
export interface PartLimits {
  /** Bytes of a part that is not the last, at least; 1 by default. */
  readonly minPartSize?: number;
  /** Bytes of a part at most. */
  readonly maxPartSize: number;
  /** Parts at most; may be infinite. */
  readonly maxParts: number;
  /** Parts but the last have a multiple of so many bytes, a power of two; 1 by default. */
  readonly multipleOf?: number;
}

/** So many parts in a hundred of those that are possible are filled before parts become larger. */
const EVEN_SHARE = 0.5;
/** After so many more in a hundred they are doubled, and so on. */
const STEP_SHARE = 0.045;
const MIB = 2 ** 20;

/** The size of a part that a service takes and that is nearest to `wanted`. */
export function fittingPartSize(wanted: number, limits: PartLimits): number {
  const { minPartSize = 1, maxPartSize, multipleOf = 1 } = limits;
  return Math.min(roundUp(Math.max(wanted, minPartSize), multipleOf), maxPartSize);
}

/**
 * The size of part `index`, from 0, of an object whose size is not known: `wanted` for the first half of the parts that
 * are possible, then doubled time and again, so that 10,000 parts of 8 MiB make up 40 GiB evenly, and 8 TiB in all.
 */
export function growingPartSize(wanted: number, index: number, limits: PartLimits): number {
  const base = fittingPartSize(wanted, limits);
  const late = index + 1 - Math.floor(limits.maxParts * EVEN_SHARE);
  const steps = late <= 0 ? 0 : Math.ceil(late / Math.max(1, Math.floor(limits.maxParts * STEP_SHARE)));
  return Math.min(base * 2 ** steps, limits.maxPartSize);
}

/**
 * The size of every part of an object of `size` bytes: `wanted`, or the least whole MiB with which half of the parts that
 * are possible do.
 */
export function evenPartSize(wanted: number, size: number, limits: PartLimits): number {
  const base = fittingPartSize(wanted, limits);
  const parts = Math.max(1, Math.floor(limits.maxParts * EVEN_SHARE));
  if (size <= base * parts) return base;
  return Math.min(roundUp(size / parts, Math.max(MIB, limits.multipleOf ?? 1)), limits.maxPartSize);
}

function roundUp(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}
