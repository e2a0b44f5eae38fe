import type { StoreContext } from "@lade/core/backend";
import type { FixedSample, MapDataset, ReadPlan, SampleContext, SamplePlace, SampleRead } from "./dataset.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Options of {@linkcode concatDatasets}. */
export interface ConcatOptions {
  /** What messages call it; the first part's by default. */
  readonly uri?: string;
  /** Records that make a block, through all parts; none by default. */
  readonly blocks?: { readonly records: number };
}

/** Data sets one after the other as one. It disposes of them. */
export function concatDatasets<T>(
  parts: readonly MapDataset<T>[],
  options: ConcatOptions = {},
): MapDataset<T> {
  return new ConcatDataset(parts, options);
}

class ConcatDataset<T> implements MapDataset<T> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context?: StoreContext;
  readonly fixed?: FixedSample;
  readonly blocks?: { readonly records: number };
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
    const fixed = commonShape(parts);
    if (fixed) this.fixed = fixed;
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
    const decoders = new Array<(bytes: Uint8Array<ArrayBuffer>) => T | Promise<T>>(indices.length);
    for (const [part, wanted] of Map.groupBy(found, ({ part }) => part)) {
      const plan = await part.plan?.(wanted.map(({ own }) => own));
      if (!plan) throw new TypeError(`Cannot plan reads of ${part.uri}`);
      for (const read of plan.reads) reads.push({ ...read, place: wanted[read.place]?.place ?? 0 });
      wanted.forEach(({ place }, inner) => {
        decoders[place] = (bytes) => plan.decode(inner, bytes);
      });
    }
    const decode = (place: number, bytes: Uint8Array<ArrayBuffer>): T | Promise<T> => {
      const decoder = decoders[place];
      if (!decoder) throw new RangeError(`Cannot decode sample ${place} of ${indices.length}`);
      return decoder(bytes);
    };
    return { reads, decode };
  }

  #find(index: number): { readonly part: MapDataset<T>; readonly own: number } {
    const starts = this.#starts;
    let low = 0, high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const part = this.#parts[low];
    if (!part || !(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    return { part, own: index - (starts[low] ?? 0) };
  }
}

function commonShape(parts: readonly MapDataset<unknown>[]): FixedSample | undefined {
  const [first] = parts;
  const same = ({ fixed }: MapDataset<unknown>) => JSON.stringify(fixed) === JSON.stringify(first?.fixed);
  return first?.fixed && parts.every(same) ? first.fixed : undefined;
}
