import type { ContentSpec, ObjectSet, SizeDistribution } from "./workload_spec.ts";
import type { Field } from "./fields.ts";

/** Objects of all sets together, at most: each takes ten bytes of memory in a run. */
export const MOST_OBJECTS = 100_000_000;
/** Of sizes that are drawn, so many have to be within their bounds: the others are drawn again. */
const LEAST_SHARE = 0.1;
/** Services take no larger objects. */
const LARGEST = 50 * 2 ** 40;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const SIZES = { least: 0, most: LARGEST };

/** Reads the sets of objects. */
export function readObjects(field: Field): ObjectSet[] {
  const sets = field.entries().map(([name, each]): ObjectSet => {
    if (!NAME.test(name)) {
      throw each.fault("a name of a set has letters, digits, - and _, 63 at most, and begins with no sign");
    }
    const { count, size, shards } = each.mapping(["count", "size", "shards"]);
    return {
      name,
      count: count.whole({ least: 1, most: MOST_OBJECTS }),
      size: readSize(size),
      shards: shards.isPresent ? shards.whole({ least: 1, most: 100_000 }) : 1,
    };
  });
  // There are places that do not tell A from a.
  const names = new Set(sets.map(({ name }) => name.toLowerCase()));
  if (names.size < sets.length) throw field.fault("two names of sets differ by upper and lower case alone");
  if (sets.reduce((sum, { count }) => sum + count, 0) > MOST_OBJECTS) {
    throw field.fault(`there are more than ${MOST_OBJECTS} objects`);
  }
  return sets;
}

function readSize(field: Field): SizeDistribution {
  if (!field.isMapping) return { kind: "fixed", size: field.size(SIZES) };
  const { uniform, lognormal, buckets } = field.mapping(["uniform", "lognormal", "buckets"]);
  if ([uniform, lognormal, buckets].filter(({ isPresent }) => isPresent).length !== 1) {
    throw field.fault("it is a size, or one of uniform, lognormal, buckets");
  }
  if (uniform.isPresent) {
    const { min, max } = uniform.mapping(["min", "max"]);
    const bounds = { min: min.size(SIZES), max: max.size(SIZES) };
    if (bounds.min > bounds.max) throw uniform.fault("min is more than max");
    return { kind: "uniform", ...bounds };
  }
  if (lognormal.isPresent) {
    const { median, sigma, min, max } = lognormal.mapping(["median", "sigma", "min", "max"]);
    const bounds = { min: min.isPresent ? min.size(SIZES) : 1, max: max.size(SIZES) };
    const read = {
      ...{ kind: "lognormal" as const, ...bounds },
      median: median.size(SIZES),
      sigma: sigma.number({ least: 0, most: 10 }),
    };
    if (read.median < bounds.min || read.median > bounds.max) {
      throw lognormal.fault("median is not between min and max");
    }
    if (shareWithin(read) < LEAST_SHARE) {
      throw lognormal.fault("of sizes with this sigma fewer than one in ten are between min and max");
    }
    return read;
  }
  const read = buckets.entries().map(([text, weight]) => ({
    size: weight.named(text).size(SIZES),
    weight: weight.number({ least: 0, most: 1e9 }),
  }));
  if (!read.some(({ weight }) => weight > 0)) throw buckets.fault("no weight is above 0");
  return { kind: "buckets", buckets: read };
}

/** The share of what is drawn that, rounded, lies within the bounds. */
function shareWithin({ median, sigma, min, max }: {
  readonly median: number;
  readonly sigma: number;
  readonly min: number;
  readonly max: number;
}): number {
  if (sigma === 0) return 1;
  const below = (size: number) => size <= 0 ? 0 : normalBelow(Math.log(size / median) / sigma);
  return below(max + 0.5) - below(min - 0.5);
}

/** The share of a standard normal distribution below `x`, to 7 digits (Abramowitz and Stegun, 26.2.17). */
function normalBelow(x: number): number {
  if (x < 0) return 1 - normalBelow(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const factors = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153];
  const polynomial = factors.reduce((sum, factor) => (sum + factor) * t, 0);
  return 1 - Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * polynomial;
}

/** Reads what the content is like. */
export function readContent(field: Field): ContentSpec {
  const content = { dedup: 1, compress: 1, dedupUnit: 128 * 2 ** 10 };
  if (!field.isPresent) return content;
  const { dedup, compress, dedupUnit } = field.mapping(["dedup", "compress", "dedupUnit"]);
  if (dedup.isPresent) content.dedup = dedup.number({ least: 1, most: 1e6 });
  if (compress.isPresent) content.compress = compress.number({ least: 1, most: 100 });
  if (dedupUnit.isPresent) {
    content.dedupUnit = dedupUnit.size({ least: 4096, most: 4 * 2 ** 20 });
    if (!Number.isInteger(Math.log2(content.dedupUnit))) throw dedupUnit.fault("it is no power of two");
  }
  return content;
}
