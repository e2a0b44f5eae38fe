import { isMapDataset, type MixtureMember, type StreamDataset, type StreamMixture } from "./dataset.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { LostSample } from "./lost_sample.ts";
import type { PartSample } from "./mixture.ts";
import { MixedDataset, TellingDataset } from "./numbered_mixture.ts";

/** Data sets of which some have no numbers, as one. */
export function streamMixture<T>(
  members: readonly MixtureMember<T>[],
  uri: string,
  tell: boolean,
): StreamMixture<T | PartSample<T>> {
  const told = tell ? members.map(tellingMember) : members;
  const tables = new Set(told.map(({ dataset }) => JSON.stringify(dataset.table)));
  const table = tables.size === 1 ? told[0]?.dataset.table : undefined;
  const context = members.find(({ dataset }) => dataset.context)?.dataset.context;
  return {
    uri,
    fingerprint: fingerprintOf("mixed streams", members.map(({ dataset }) => dataset.fingerprint)),
    members: told,
    ...(table && { table }),
    ...(context && { context }),
    async [Symbol.asyncDispose]() {
      for (const dataset of new Set(members.map(({ dataset }) => dataset))) {
        await dataset[Symbol.asyncDispose]();
      }
    },
  };
}

/** A data set whose samples say that they are of it. */
function tellingMember<T>({ name, weight, dataset }: MixtureMember<T>): MixtureMember<PartSample<T>> {
  if (!isMapDataset(dataset)) return { name, weight, dataset: tellingStream(dataset, name) };
  const { uri, length } = dataset;
  return {
    name,
    weight,
    dataset: new TellingDataset(new MixedDataset(dataset, [{ name, uri, length, weight }])),
  };
}

function tellingStream<T>(dataset: StreamDataset<T>, name: string): StreamDataset<PartSample<T>> {
  const { uri, fingerprint, parts, window, comesOnce, context, table } = dataset;
  return {
    ...{ uri, fingerprint, parts },
    ...(window !== undefined && { window }),
    ...(comesOnce && { comesOnce }),
    ...(context && { context }),
    ...(table && { toldTable: table }),
    async *open(part, from, options) {
      for await (const sample of dataset.open(part, from, options)) {
        yield sample instanceof LostSample ? sample : { part: name, sample };
      }
    },
    locate: (part, record) => dataset.locate?.(part, record) ?? { uri, record },
    [Symbol.asyncDispose]: () => dataset[Symbol.asyncDispose](),
  };
}
