import { checkOptions, needList, type StoreContext } from "@lade/core/backend";
import { concatGroups } from "./concat_groups.ts";
import type {
  FixedSample,
  MapDataset,
  NamedArray,
  ReadPlan,
  SampleBlocks,
  SampleContext,
  SampleGroups,
  SamplePlace,
  SampleRead,
  SampleTable,
} from "./dataset.ts";
import { isMapDataset } from "./dataset.ts";
import { needDataset } from "./need_dataset.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { lastAtMost } from "./last_at_most.ts";

/** Options of {@linkcode concatDatasets}. */
export interface ConcatOptions {
  /** What messages call it; the first part's by default. */
  readonly uri?: string;
  /** Records that make a block, through all parts; none by default. */
  readonly blocks?: SampleBlocks;
}

/** Data sets one after the other as one. It disposes of them. */
export function concatDatasets<T>(
  parts: readonly MapDataset<T>[],
  options: ConcatOptions = {},
): MapDataset<T> {
  checkOptions("join data sets", options, { uri: "any", blocks: "any" });
  needList("join", parts, "data sets");
  for (const part of parts) {
    needDataset("join", part);
    if (!isMapDataset<unknown>(part)) {
      throw new TypeError("Cannot join what can only be gone through: mixDatasets takes it");
    }
  }
  return new ConcatDataset(parts, options);
}

class ConcatDataset<T> implements MapDataset<T> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context?: StoreContext;
  readonly fixed?: FixedSample;
  readonly blocks?: SampleBlocks;
  readonly groups?: SampleGroups<T>;
  readonly table?: SampleTable;
  readonly arrays?: readonly NamedArray[];
  readonly plan?: (indices: readonly number[]) => Promise<ReadPlan<T>>;
  readonly #parts: readonly MapDataset<T>[];
  /** Where each part begins, and behind them where the last one ends. */
  readonly #starts: Float64Array;

  constructor(parts: readonly MapDataset<T>[], { uri, blocks }: ConcatOptions) {
    this.#parts = parts;
    this.#starts = new Float64Array(parts.length + 1);
    parts.forEach(({ length }, part) => {
      this.#starts[part + 1] = (this.#starts[part] ?? 0) + length;
    });
    const [first] = parts;
    this.uri = uri ?? first?.uri ?? "";
    this.length = this.#starts[parts.length] ?? 0;
    this.fingerprint = fingerprintOf(
      "parts",
      parts.flatMap(({ fingerprint, length }) => [fingerprint, length]),
    );
    if (first?.context) this.context = first.context;
    if (blocks) this.blocks = blocks;
    const fixed = common(parts, ({ fixed }) => fixed);
    if (fixed) this.fixed = fixed;
    const inGroups = parts.filter(({ groups }) => groups).length;
    if (inGroups > 0 && (inGroups === parts.length || !fixed)) this.groups = concatGroups(parts);
    const table = common(parts, ({ table }) => table);
    if (table) this.table = table;
    const arrays = common(parts, ({ arrays }) => arrays);
    if (arrays) this.arrays = arrays;
    if (parts.every(({ plan }) => plan)) this.plan = (indices) => this.#plan(indices);
  }

  async get(index: number, context: SampleContext): Promise<T> {
    const { part, own } = this.#find(index);
    return await part.get(own, context);
  }

  locate(index: number): SamplePlace {
    const { part, own } = this.#find(index);
    return part.locate?.(own) ?? { uri: part.uri };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of new Set(this.#parts)) await part[Symbol.asyncDispose]();
  }

  async #plan(indices: readonly number[]): Promise<ReadPlan<T>> {
    const found = indices.map((index, place) => ({ ...this.#find(index), place }));
    const reads: SampleRead[] = [];
    const decoders = new Array<(bytes: Uint8Array<ArrayBuffer>, checksum?: number) => T | Promise<T>>(
      indices.length,
    );
    for (const [part, wanted] of Map.groupBy(found, ({ part }) => part)) {
      const plan = await part.plan?.(wanted.map(({ own }) => own));
      if (!plan) throw new TypeError(`Cannot plan reads of ${part.uri}`);
      for (const read of plan.reads) reads.push({ ...read, place: wanted[read.place]?.place ?? 0 });
      wanted.forEach(({ place }, inner) => {
        decoders[place] = (bytes, checksum) => plan.decode(inner, bytes, checksum);
      });
    }
    const decode = (place: number, bytes: Uint8Array<ArrayBuffer>, checksum?: number): T | Promise<T> => {
      const decoder = decoders[place];
      if (!decoder) throw new RangeError(`Cannot decode sample ${place} of ${indices.length}`);
      return decoder(bytes, checksum);
    };
    return { reads, decode };
  }

  #find(index: number): { readonly part: MapDataset<T>; readonly own: number } {
    const place = lastAtMost(this.#starts, index, this.#parts.length);
    const part = this.#parts[place];
    if (!part || !(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    return { part, own: index - (this.#starts[place] ?? 0) };
  }
}

/** What all data sets say alike. */
function common<V>(
  [first, ...others]: readonly MapDataset<unknown>[],
  say: (dataset: MapDataset<unknown>) => V | undefined,
): V | undefined {
  const told = first && say(first);
  return others.every((other) => JSON.stringify(say(other)) === JSON.stringify(told)) ? told : undefined;
}
