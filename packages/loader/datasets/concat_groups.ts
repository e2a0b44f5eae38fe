import type { MapDataset, SampleGroups } from "./dataset.ts";
import { lastAtMost } from "./last_at_most.ts";

/** The groups of data sets one after the other; each sample of one that has none is a group of its own. */
export function concatGroups<T>(datasets: readonly MapDataset<T>[]): SampleGroups<T> {
  const parts = datasets.map((dataset) => dataset.groups ?? singles(dataset));
  const groupStarts = new Float64Array(parts.length + 1);
  const sampleStarts = new Float64Array(parts.length + 1);
  parts.forEach(({ count }, part) => {
    groupStarts[part + 1] = (groupStarts[part] ?? 0) + count;
    sampleStarts[part + 1] = (sampleStarts[part] ?? 0) + (datasets[part]?.length ?? 0);
  });
  const find = (starts: Float64Array, place: number) => {
    const part = lastAtMost(starts, place, parts.length);
    const groups = parts[part];
    if (!groups || !(place >= 0 && place < (starts[parts.length] ?? 0))) {
      throw new RangeError(`Cannot find ${place} of ${starts[parts.length]}`);
    }
    return { groups, own: place - (starts[part] ?? 0), samples: sampleStarts[part] ?? 0, part };
  };
  const count = groupStarts[parts.length] ?? 0;
  return {
    count,
    of(index) {
      const { groups, own, part } = find(sampleStarts, index);
      return (groupStarts[part] ?? 0) + groups.of(own);
    },
    startOf(group) {
      if (group === count) return sampleStarts[parts.length] ?? 0;
      const { groups, own, samples } = find(groupStarts, group);
      return samples + groups.startOf(own);
    },
    sizeOf(group) {
      const { groups, own } = find(groupStarts, group);
      return groups.sizeOf(own);
    },
    async open(group, options) {
      const { groups, own, samples } = find(groupStarts, group);
      const opened = await groups.open(own, options);
      return { bytes: opened.bytes, get: (index, into) => opened.get(index - samples, into) };
    },
  };
}

function singles<T>(dataset: MapDataset<T>): SampleGroups<T> {
  return {
    count: dataset.length,
    of: (index) => index,
    startOf: (group) => group,
    sizeOf: () => 0,
    async open(index, { signal }) {
      const random = () => {
        throw new TypeError(
          "Cannot give random numbers to what is mixed with rows: a transformation has some",
        );
      };
      const sample = await dataset.get(index, { index, epoch: 0, random, signal });
      return { bytes: 0, get: () => sample };
    },
  };
}
