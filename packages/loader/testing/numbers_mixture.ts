import type { LoaderOptions } from "../config/loader_options.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { mixDatasets } from "../datasets/mix_datasets.ts";
import { createLoader } from "../loader/create_loader.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { ascending, range } from "./range_dataset.ts";
import { numberOf, streamNumbers } from "./stream_numbers.ts";

/** A data set of a mixture: a stream of objects of so many samples, or as many samples by number. */
export interface Part {
  readonly counts: readonly number[];
  readonly isStream: boolean;
  readonly weight: number;
}

/** No number of one data set is one of another. */
export const APART = 1e9;

/** A mixture of which each sample tells its data set and its own number. */
export function mixtureOf(parts: readonly Part[]) {
  return mixDatasets<number>(parts.map(({ counts, isStream, weight }, part) => {
    const first = part * APART;
    const stream = streamNumbers(counts);
    const dataset: Dataset<number> = isStream
      ? {
        ...stream,
        async *open(...open) {
          for await (const sample of stream.open(...open)) yield first + (sample as number);
        },
      }
      : {
        ...range(lengthOf(counts), (index) => Promise.resolve(first + index)),
        ...(part % 2 === 0 && { blocks: { records: 3 } }),
      };
    return { dataset, weight, name: `part ${part}` };
  }));
}

/** Samples of all objects. */
export const lengthOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

/** All samples of a data set, each once. */
export function samplesOf({ counts, isStream }: Part, part: number): number[] {
  return isStream
    ? counts.flatMap((count, object) =>
      ascending(count).map((record) => part * APART + numberOf(object, record))
    )
    : ascending(lengthOf(counts)).map((index) => part * APART + index);
}

/** Some batches of a loader. */
export interface Leg {
  readonly samples: number[];
  readonly batches: number[][];
  readonly state: LoaderState;
}

/** Goes through so many batches, over the ends of epochs, and gives their samples and the state behind them as it is stored. */
export async function leg(
  parts: readonly Part[],
  options: LoaderOptions<number>,
  count: number,
): Promise<Leg> {
  await using loader = createLoader(mixtureOf(parts), options);
  const batches: number[][] = [];
  while (batches.length < count && loader.epoch < (options.epochs ?? Infinity)) {
    for await (const { data } of loader) {
      batches.push([...data]);
      if (batches.length === count) break;
    }
  }
  return { samples: batches.flat(), batches, state: JSON.parse(JSON.stringify(loader.state())) };
}
