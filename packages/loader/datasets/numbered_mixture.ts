import type { StoreContext } from "@lade/core/backend";
import { quote, redactSecrets } from "@lade/core/text";
import type {
  FixedSample,
  MapDataset,
  MixturePart,
  NamedArray,
  ReadPlan,
  SampleContext,
  SampleGroups,
  SamplePlace,
  SampleTable,
} from "./dataset.ts";
import type { Mixture, PartSample } from "./mixture.ts";

/** Data sets one after the other, of which it is known which is which. */
export class MixedDataset<T> implements Mixture<T> {
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

  /** Of `all`, in which they follow one another. */
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
export class TellingDataset<T> implements Mixture<PartSample<T>> {
  /** The data sets that it is made of, in their order. */
  readonly parts: readonly MixturePart[];
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context?: StoreContext;
  readonly plan?: (indices: readonly number[]) => Promise<ReadPlan<PartSample<T>>>;
  readonly groups?: SampleGroups<PartSample<T>>;
  readonly toldTable?: SampleTable;
  readonly #mixture: Mixture<T>;

  /** Of `mixture`. */
  constructor(mixture: Mixture<T>) {
    this.#mixture = mixture;
    this.parts = mixture.parts;
    this.uri = mixture.uri;
    this.length = mixture.length;
    this.fingerprint = mixture.fingerprint;
    if (mixture.context) this.context = mixture.context;
    if (mixture.table) this.toldTable = mixture.table;
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
      decode: (place, bytes, checksum) => {
        const index = indices[place] ?? 0;
        const made = decode(place, bytes, checksum);
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
  throw new TypeError(`Cannot plan reads of ${quote(redactSecrets(uri))}`);
}
