import { checkOptions, needList, optionWords } from "@lade/core/backend";
import { quote, redactSecrets } from "@lade/core/text";
import { ROUND } from "../order/turns.ts";
import { concatDatasets } from "./concat_datasets.ts";
import {
  type Dataset,
  isMapDataset,
  isStreamMixture,
  type MapDataset,
  type MixtureMember,
  type MixturePart,
  type StreamMixture,
} from "./dataset.ts";
import type { Mixture, PartSample } from "./mixture.ts";
import { MixedDataset, TellingDataset } from "./numbered_mixture.ts";
import { streamMixture } from "./stream_mixture.ts";

/** One of the data sets that are mixed. */
export interface MixInput<T> {
  /** Its samples, by number or not. */
  readonly dataset: Dataset<T>;
  /** How often it is drawn beside the others; as often as it has samples where none of them says. One that can only be gone
   * through, and those beside it, need one. */
  readonly weight?: number;
  /** What samples and failures call it; its URI by default. */
  readonly name?: string;
}

/** Options of {@linkcode mixDatasets}. */
export interface MixOptions {
  /** What messages call all of it; the first one and how many there are by default. */
  readonly uri?: string;
  /** Whether each sample says which data set it is of; `false` by default. Samples of one shape are then no longer one array. */
  readonly tell?: boolean;
}

export type { Mixture, PartSample } from "./mixture.ts";

/** One of the data sets that are mixed, whose samples have numbers. */
export interface NumberedMixInput<T> extends MixInput<T> {
  /** Its samples. */
  readonly dataset: MapDataset<T>;
}

/** Mixes data sets, and lets each sample say which one it is of. */
export function mixDatasets<T>(
  parts: readonly NumberedMixInput<T>[],
  options: MixOptions & { readonly tell: true },
): Mixture<PartSample<T>>;
/**
 * Several data sets as one. Samples are numbered through all of them, those of the first one first; a loader draws each data
 * set as often as its weight says, and goes through each in an order of its own, again and again. A data set without
 * samples, a weight below 1/4,096 of all, and weights of some alone are a `RangeError` or `TypeError` that names it. It
 * disposes of the data sets.
 */
export function mixDatasets<T>(parts: readonly NumberedMixInput<T>[], options?: MixOptions): Mixture<T>;
/** Mixes data sets of any kind, and lets each sample say which one it is of. */
export function mixDatasets<T>(
  parts: readonly MixInput<T>[],
  options: MixOptions & { readonly tell: true },
): Mixture<PartSample<T>> | StreamMixture<PartSample<T>>;
/**
 * The same of data sets of any kind. Where one can only be gone through, each needs a weight, and samples have no numbers:
 * each data set is gone through again and again, by a loader that says how many samples an epoch draws.
 */
export function mixDatasets<T>(
  parts: readonly MixInput<T>[],
  options?: MixOptions,
): Mixture<T> | StreamMixture<T>;
export function mixDatasets<T>(
  inputs: readonly MixInput<T>[],
  options: MixOptions = {},
): Mixture<T | PartSample<T>> | StreamMixture<T | PartSample<T>> {
  checkOptions("mix data sets", options, { uri: "any", tell: "boolean" });
  const { uri, tell = false } = options;
  const members = membersOf(inputs);
  const [first] = members;
  const more = members.length - 1;
  const name = uri ?? (more === 0 ? first?.dataset.uri : `${first?.dataset.uri} and ${more} more`) ?? "";
  const numbered = members.flatMap(({ dataset, ...rest }) =>
    isMapDataset(dataset) ? [{ ...rest, dataset }] : []
  );
  if (numbered.length < members.length) return streamMixture(members, name, tell);
  const all = concatDatasets(numbered.map(({ dataset }) => dataset), { uri: name });
  const parts = numbered.map((
    { name, weight, dataset: { uri, fingerprint, length, blocks } },
  ): MixturePart => ({
    ...{ name, uri, fingerprint, length, weight },
    ...(blocks && { blocks }),
  }));
  const mixture = new MixedDataset(all, parts);
  return tell ? new TellingDataset(mixture) : mixture;
}

/** What is mixed, once it is known to make sense. */
function membersOf<T>(inputs: readonly MixInput<T>[]): MixtureMember<T>[] {
  needList("mix", inputs, "data sets");
  if (inputs.length === 0) throw new TypeError("Cannot mix no data sets: one is needed at least");
  inputs.forEach(checkInput);
  const areWeighted = inputs.some(({ weight }) => weight !== undefined);
  const stream = inputs.find(({ dataset }) => !isMapDataset(dataset));
  const members = inputs.map((input) => memberOf(input, areWeighted, stream));
  const once = new Set<unknown>();
  for (const { name, dataset } of members) {
    if (isMapDataset(dataset) || !dataset.comesOnce) continue;
    if (once.has(dataset)) throw new TypeError(`Cannot mix ${quoted(name)} with itself: it comes once`);
    once.add(dataset);
  }
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  const names = new Set<string>();
  for (const { name, weight } of members) {
    if (names.has(name)) {
      throw new TypeError(`Cannot mix two data sets called ${quoted(name)}: give each a name of its own`);
    }
    names.add(name);
    if (weight > 0 && weight * ROUND >= total && total < Infinity) continue;
    throw new RangeError(
      `Cannot mix ${quoted(name)} by weight ${weight}: 1/${ROUND} of all weights (${total}) is the least`,
    );
  }
  return members;
}

/** Throws a `TypeError` for what is no data set to be mixed, and for what is not known of one. */
function checkInput(input: MixInput<unknown>, place: number): void {
  const refuse = (detail: string) => new TypeError(`Cannot mix data set ${place}: ${detail}`);
  if (typeof input !== "object" || input === null) throw refuse("it is { dataset, weight, name }");
  const other = Object.keys(input).find((key) => !["dataset", "weight", "name"].includes(key));
  if (other !== undefined) {
    throw refuse(`it takes dataset, weight, name, and there is ${JSON.stringify(other)}`);
  }
  const { dataset, weight, name } = input;
  if (typeof dataset !== "object" || dataset === null || typeof dataset.fingerprint !== "string") {
    throw refuse("what dataset names is none");
  }
  if (weight !== undefined && typeof weight !== "number") {
    throw refuse(`its weight is ${optionWords(weight)}, and no number`);
  }
  if (name !== undefined && typeof name !== "string") throw refuse(`its name is ${optionWords(name)}`);
}

function memberOf<T>(
  { dataset, weight, name = dataset.uri }: MixInput<T>,
  areWeighted: boolean,
  stream: MixInput<T> | undefined,
): MixtureMember<T> {
  const refuse = (fault: string) => new TypeError(`Cannot mix ${quoted(name)}: ${fault}`);
  if (isStreamMixture(dataset) || (isMapDataset(dataset) && dataset.parts)) {
    throw refuse("it is a mixture itself; give the data sets that it is of, each with its weight");
  }
  const isNumbered = isMapDataset(dataset);
  if ((isNumbered ? dataset.length : dataset.parts) === 0) throw refuse("it has no samples");
  if (weight !== undefined) return { name, weight, dataset };
  if (stream) {
    const whose = stream.name ?? stream.dataset.uri;
    const which = whose === name ? "it" : quoted(whose);
    throw refuse(
      `it has no weight, and nobody knows how many samples ${which} has, which can only be gone through; give each a weight`,
    );
  }
  if (areWeighted) {
    throw refuse(
      "it has no weight, and others have; give each one, or none, to draw each as often as it has samples",
    );
  }
  return { name, weight: isNumbered ? dataset.length : 0, dataset };
}

function quoted(name: string): string {
  return quote(redactSecrets(name));
}
