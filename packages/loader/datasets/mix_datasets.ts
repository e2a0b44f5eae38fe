import type { StoreContext } from "@lade/core/backend";
import { quote, redactSecrets } from "@lade/core/text";
import { ROUND } from "../order/mixed.ts";
import { concatDatasets } from "./concat_datasets.ts";
import {
  type FixedSample,
  isMapDataset,
  type MapDataset,
  type MixturePart,
  type NamedArray,
  type ReadPlan,
  type SampleContext,
  type SampleGroups,
  type SamplePlace,
  type SampleTable,
} from "./dataset.ts";

/** One of the data sets that are mixed. */
export interface MixInput<T> {
  /** Its samples. */
  readonly dataset: MapDataset<T>;
  /** How often it is drawn beside the others; as often as it has samples where none of them says. */
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

/** A sample that says which data set it is of. */
export interface PartSample<T> {
  /** The name of the data set. */
  readonly part: string;
  /** The sample. */
  readonly sample: T;
}

/** Several data sets as one, of which each is drawn as often as its weight says. */
export interface Mixture<T> extends MapDataset<T> {
  /** The data sets that it is made of, in their order. */
  readonly parts: readonly MixturePart[];
  /** Which data set a sample is of, and its number there. */
  partAt(index: number): { readonly name: string; readonly index: number };
}

/** Mixes data sets, and lets each sample say which one it is of. */
export function mixDatasets<T>(
  parts: readonly MixInput<T>[],
  options: MixOptions & { readonly tell: true },
): Mixture<PartSample<T>>;
/**
 * Several data sets as one. Samples are numbered through all of them, those of the first one first; a loader draws each data
 * set as often as its weight says, and goes through each in an order of its own, again and again. A data set without
 * samples, a weight below 1/4,096 of all, and weights of some alone are a `RangeError` or `TypeError` that names it. It
 * disposes of the data sets.
 */
export function mixDatasets<T>(parts: readonly MixInput<T>[], options?: MixOptions): Mixture<T>;
export function mixDatasets<T>(
  inputs: readonly MixInput<T>[],
  { uri, tell = false }: MixOptions = {},
): Mixture<T> | Mixture<PartSample<T>> {
  const parts = partsOf(inputs);
  const [first] = parts;
  const name = uri ?? (parts.length === 1 ? first?.uri : `${first?.uri} and ${parts.length - 1} more`) ?? "";
  const all = concatDatasets(inputs.map(({ dataset }) => dataset), { uri: name });
  const mixture = new MixedDataset(all, parts);
  return tell ? new TellingDataset(mixture) : mixture;
}

/** What is mixed, once it is known to make sense. */
function partsOf(inputs: readonly MixInput<unknown>[]): MixturePart[] {
  if (inputs.length === 0) throw new TypeError("Cannot mix no data sets: one is needed at least");
  const areWeighted = inputs.some(({ weight }) => weight !== undefined);
  const parts = inputs.map((input) => partOf(input, areWeighted));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  const names = new Set<string>();
  for (const { name, weight } of parts) {
    if (names.has(name)) {
      throw new TypeError(`Cannot mix two data sets called ${quoted(name)}: give each a name of its own`);
    }
    names.add(name);
    if (weight > 0 && weight * ROUND >= total && total < Infinity) continue;
    throw new RangeError(
      `Cannot mix ${quoted(name)} by weight ${weight}: 1/${ROUND} of all weights (${total}) is the least`,
    );
  }
  return parts;
}

function partOf(
  { dataset, weight, name = dataset.uri }: MixInput<unknown>,
  areWeighted: boolean,
): MixturePart {
  const { uri, length, blocks } = dataset;
  const fault = !isMapDataset(dataset)
    ? "its samples have no numbers; lade loader index writes the index of shards"
    : dataset.parts
    ? "it is a mixture itself; give the data sets that it is of, each with its weight"
    : length === 0
    ? "it has no samples"
    : areWeighted && weight === undefined
    ? "it has no weight, and others have; give each one, or none, to draw each as often as it has samples"
    : undefined;
  if (fault !== undefined) throw new TypeError(`Cannot mix ${quoted(name)}: ${fault}`);
  return { name, uri, length, weight: weight ?? length, ...(blocks && { blocks }) };
}

/** Data sets one after the other, of which it is known which is which. */
class MixedDataset<T> implements Mixture<T> {
  /** The data sets that it is made of, in their order. */
  readonly parts: readonly MixturePart[];
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context?: StoreContext;
  readonly fixed?: FixedSample;
  readonly plan?: (indices: readonly number[]) => ReadPlan<T> | Promise<ReadPlan<T>>;
  readonly groups?: SampleGroups<T>;
  readonly table?: SampleTable;
  readonly arrays?: readonly NamedArray[];
  readonly #all: MapDataset<T>;
  readonly #starts: readonly number[];

  constructor(all: MapDataset<T>, parts: readonly MixturePart[]) {
    const { uri, length, fingerprint, context, fixed } = all;
    this.#all = all;
    this.parts = parts;
    this.#starts = startsOf(parts);
    this.uri = uri;
    this.length = length;
    this.fingerprint = fingerprint;
    if (context) this.context = context;
    if (fixed) this.fixed = fixed;
    if (all.groups) this.groups = all.groups;
    if (all.table) this.table = all.table;
    if (all.arrays) this.arrays = all.arrays;
    if (all.plan) this.plan = (indices) => all.plan?.(indices) ?? noPlan(uri);
  }

  get(index: number, context: SampleContext): Promise<T> {
    return this.#all.get(index, context);
  }

  locate(index: number): SamplePlace {
    return { ...(this.#all.locate?.(index) ?? { uri: this.uri }), dataset: this.partAt(index).name };
  }

  partAt(index: number): { readonly name: string; readonly index: number } {
    const place = this.#starts.findLastIndex((start) => start <= index);
    const part = this.parts[place];
    const own = index - (this.#starts[place] ?? 0);
    if (part && Number.isInteger(index) && own < part.length) return { name: part.name, index: own };
    throw new RangeError(`Cannot find sample ${index}: there are ${this.length}, from 0 up`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#all[Symbol.asyncDispose]();
  }
}

/** A mixture of which each sample says what it is of. */
class TellingDataset<T> implements Mixture<PartSample<T>> {
  /** The data sets that it is made of, in their order. */
  readonly parts: readonly MixturePart[];
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context?: StoreContext;
  readonly plan?: (indices: readonly number[]) => Promise<ReadPlan<PartSample<T>>>;
  readonly groups?: SampleGroups<PartSample<T>>;
  readonly #mixture: Mixture<T>;

  constructor(mixture: Mixture<T>) {
    this.#mixture = mixture;
    this.parts = mixture.parts;
    this.uri = mixture.uri;
    this.length = mixture.length;
    this.fingerprint = mixture.fingerprint;
    if (mixture.context) this.context = mixture.context;
    const { groups } = mixture;
    if (groups) this.groups = this.#telling(groups);
    if (mixture.plan) this.plan = (indices) => this.#plan(indices);
  }

  async get(index: number, context: SampleContext): Promise<PartSample<T>> {
    return this.#told(index, await this.#mixture.get(index, context));
  }

  locate(index: number): SamplePlace {
    return this.#mixture.locate?.(index) ?? { uri: this.uri };
  }

  partAt(index: number): { readonly name: string; readonly index: number } {
    return this.#mixture.partAt(index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mixture[Symbol.asyncDispose]();
  }

  async #plan(indices: readonly number[]): Promise<ReadPlan<PartSample<T>>> {
    const { reads, decode } = await (this.#mixture.plan?.(indices) ?? noPlan(this.uri));
    return {
      reads,
      decode: (place, bytes) => {
        const index = indices[place] ?? 0;
        const made = decode(place, bytes);
        return made instanceof Promise
          ? made.then((sample) => this.#told(index, sample))
          : this.#told(index, made);
      },
    };
  }

  #telling(groups: SampleGroups<T>): SampleGroups<PartSample<T>> {
    return {
      ...groups,
      open: async (group, options) => {
        const opened = await groups.open(group, options);
        return { bytes: opened.bytes, get: (index) => this.#told(index, opened.get(index)) };
      },
    };
  }

  #told(index: number, sample: T): PartSample<T> {
    return { part: this.partAt(index).name, sample };
  }
}

function startsOf(parts: readonly MixturePart[]): number[] {
  let start = 0;
  return parts.map(({ length }) => (start += length) - length);
}

function noPlan(uri: string): never {
  throw new TypeError(`Cannot plan reads of ${quoted(uri)}`);
}

function quoted(name: string): string {
  return quote(redactSecrets(name));
}
