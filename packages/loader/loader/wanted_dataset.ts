import type { MapDataset, ReadPlan } from "../datasets/dataset.ts";
import { type Wanting, whileWanted } from "../pool/while_wanted.ts";

/**
 * A data set as a loop sees it: what its functions give is waited for as long as the loop runs, and 100 ms more, whether they
 * see its signal or not. It is disposed of by whoever has the other one.
 */
export function wantedDataset<T>(dataset: MapDataset<T>, wanting: Wanting): MapDataset<T> {
  const { length, fingerprint, uri, context, groups, fixed, arrays, table, blocks, parts } = dataset;
  const [plan, locate] = [dataset.plan?.bind(dataset), dataset.locate?.bind(dataset)];
  const wanted = <V>(made: V | Promise<V>) => made instanceof Promise ? whileWanted(made, wanting) : made;
  const planned = ({ reads, decode }: ReadPlan<T>): ReadPlan<T> => ({
    reads,
    decode: (place, bytes, checksum) => wanted(decode(place, bytes, checksum)),
  });
  return {
    length,
    fingerprint,
    uri,
    ...(context && { context }),
    ...(fixed && { fixed }),
    ...(arrays && { arrays }),
    ...(table && { table }),
    ...(blocks && { blocks }),
    ...(parts && { parts }),
    ...(locate && { locate }),
    ...(dataset.explain && { explain: dataset.explain }),
    ...(groups && {
      groups: {
        count: groups.count,
        of: (index) => groups.of(index),
        startOf: (group) => groups.startOf(group),
        sizeOf: (group) => groups.sizeOf(group),
        open: (group, options) => whileWanted(groups.open(group, options), wanting),
      },
    }),
    ...(plan && {
      plan: (indices) => {
        const made = plan(indices);
        return made instanceof Promise ? whileWanted(made.then(planned), wanting) : planned(made);
      },
    }),
    get: (index, sample) => whileWanted(dataset.get(index, sample), wanting),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
