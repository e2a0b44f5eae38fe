import type { MapDataset } from "../datasets/dataset.ts";
import type { DataLoader } from "../loader/data_loader.ts";

/** A data set of numbers that has nothing to read. */
export function range(
  length: number,
  get: (index: number) => Promise<number> = (index) => Promise.resolve(index),
): MapDataset<number> {
  return {
    length,
    fingerprint: `range ${length}`,
    uri: "memory://range/",
    get,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A data set of what `make` gives for each number. */
export function samplesOf<T>(length: number, make: (index: number) => T): MapDataset<T> {
  const { fingerprint, uri } = range(length);
  const get = (index: number) => Promise.resolve(make(index));
  return { length, fingerprint, uri, get, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** What is left of an epoch, batch by batch, kept. */
export async function epoch<B>(loader: DataLoader<B>): Promise<B[]> {
  const all: B[] = [];
  for await (const batch of loader) all.push(batch.keep());
  return all;
}

/** The numbers from 0 up to before `length`. */
export const ascending = (length: number) => Array.from({ length }, (_, i) => i);
