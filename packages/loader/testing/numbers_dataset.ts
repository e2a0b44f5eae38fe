import { MemoryStore, type ObjectStore } from "@lade/core";
import type { MapDataset, ReadPlan } from "../datasets/dataset.ts";

/** Rows of four 32-bit numbers of which each is the row's own, in objects of ten, so that what came can be told. */
export async function numbersStore(
  rows: number,
  store: ObjectStore = new MemoryStore(),
): Promise<ObjectStore> {
  for (let from = 0; from < rows; from += 10) {
    const count = Math.min(10, rows - from);
    const data = Int32Array.from({ length: count * 4 }, (_, i) => from + Math.floor(i / 4));
    await store.put(keyOf(from / 10), new Uint8Array(data.buffer));
  }
  return store;
}

/** The rows of {@linkcode numbersStore}, by plan and all alike. */
export function numbersDataset(store: ObjectStore, rows: number): MapDataset<Int32Array> & {
  readonly fixed: { readonly dtype: "int32"; readonly shape: readonly number[] };
} {
  const plan = (indices: readonly number[]): ReadPlan<Int32Array> => ({
    reads: indices.map((index, place) => ({
      store,
      key: keyOf(Math.floor(index / 10)),
      offset: index % 10 * 16,
      length: 16,
      place,
    })),
    decode: (_place, bytes) => new Int32Array(bytes.buffer, bytes.byteOffset, 4),
  });
  return {
    length: rows,
    fingerprint: `numbers ${rows}`,
    uri: "memory://numbers/",
    context: store.context,
    fixed: { dtype: "int32", shape: [4] },
    plan,
    async get(index) {
      const { reads: [read], decode } = plan([index]);
      const bytes = new Uint8Array(16);
      const { readInto } = await import("@lade/core");
      if (read) await readInto(store, read.key, bytes, { range: { offset: read.offset, length: 16 } });
      return decode(0, bytes);
    },
    locate: (index) => ({
      uri: `memory://numbers/${keyOf(Math.floor(index / 10))}`,
      record: index % 10,
      offset: index % 10 * 16,
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function keyOf(object: number): string {
  return `n/${String(object).padStart(5, "0")}`;
}
