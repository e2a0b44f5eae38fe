const MIB = 2 ** 20;

/** Part sizes that programs use, in MiB: those of the AWS tools and SDKs, rclone, s5cmd, MinIO, Spark, and ours. */
const COMMON = [5, 8, 10, 15, 16, 25, 32, 50, 64, 100, 128, 256, 512, 1024];

/** Part sizes that are tried at most: each takes an MD5 of all bytes. */
const MOST = 6;

/**
 * The sizes that the parts of an object may have that was written in `count` parts, the likeliest first. All parts but the
 * last have one size, so that few are left: of the many that might be, those that programs use, and whole MiB.
 */
export function partSizes(size: number, count: number): number[] {
  if (count === 1) return [size];
  const least = Math.ceil(size / count);
  // So many that the parts before the last hold less than the object.
  const most = Math.ceil(size / (count - 1)) - 1;
  const fits = (partSize: number) => partSize >= least && partSize <= most;
  const found = new Set(COMMON.map((mib) => mib * MIB).filter(fits));
  for (const partSize of [Math.ceil(least / MIB) * MIB, least, ...COMMON.map((mb) => mb * 1e6)]) {
    if (fits(partSize)) found.add(partSize);
  }
  for (let partSize = Math.ceil(least / MIB) * MIB; partSize <= most && found.size < MOST; partSize += MIB) {
    found.add(partSize);
  }
  return [...found].slice(0, MOST);
}
