import type { SampleGroups } from "./dataset.ts";
import { lastAtMost } from "./last_at_most.ts";

/** Where the groups of a data set begin, by the samples that each has; and of those without samples none. */
export function groupStarts(
  samples: readonly number[],
): Pick<SampleGroups<unknown>, "count" | "of" | "startOf"> {
  const starts = new Float64Array(samples.length + 1);
  samples.forEach((count, group) => starts[group + 1] = (starts[group] ?? 0) + count);
  return {
    count: samples.length,
    of: (index) => lastAtMost(starts, index, samples.length),
    startOf: (group) => starts[group] ?? 0,
  };
}
