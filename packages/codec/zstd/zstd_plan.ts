/** How one level is worked: sizes in bytes. */
export interface ZstdPlan {
  /** Content of one frame: a power of two that costs under 2 % of the ratio, measured on JSON and on binaries. */
  readonly frameSize: number;
  /** Content up to which a whole object is compressed on the event loop, which takes under 5 ms: less than a Worker's start. */
  readonly loopSize: number;
  /** Content that a Worker compresses before it looks for messages, so that it can be ended within about 0.2 s. */
  readonly sliceSize: number;
  /** Memory of one Worker at work, its frame included, as measured and rounded up. */
  readonly workerBytes: number;
}

const KIB = 2 ** 10;
const MIB = 2 ** 20;

const PLANS: readonly (ZstdPlan & { readonly upTo: number })[] = [
  { upTo: 4, frameSize: 4 * MIB, loopSize: 128 * KIB, sliceSize: MIB, workerBytes: 32 * MIB },
  { upTo: 10, frameSize: 4 * MIB, loopSize: 128 * KIB, sliceSize: 256 * KIB, workerBytes: 64 * MIB },
  { upTo: 12, frameSize: 8 * MIB, loopSize: 64 * KIB, sliceSize: 256 * KIB, workerBytes: 128 * MIB },
  { upTo: 17, frameSize: 8 * MIB, loopSize: 16 * KIB, sliceSize: 128 * KIB, workerBytes: 128 * MIB },
  { upTo: 18, frameSize: 8 * MIB, loopSize: 4 * KIB, sliceSize: 128 * KIB, workerBytes: 128 * MIB },
  { upTo: 19, frameSize: 16 * MIB, loopSize: 4 * KIB, sliceSize: 128 * KIB, workerBytes: 128 * MIB },
  { upTo: 22, frameSize: 32 * MIB, loopSize: 4 * KIB, sliceSize: 128 * KIB, workerBytes: 512 * MIB },
];

/** The plan of a level; anything but a whole number from 1 to 22 is a `RangeError`. */
export function planZstd(level: number): ZstdPlan {
  const plan = PLANS.find(({ upTo }) => level <= upTo);
  if (!plan || !Number.isInteger(level) || level < 1) {
    throw new RangeError(`Cannot compress at level ${level}: a whole number from 1 to 22 is needed`);
  }
  return plan;
}
